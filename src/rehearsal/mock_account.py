"""The account that a rehearsal deploys to: AWS mocked, DynamoDB behind IAM, logs, and what the stack only refers to.

That is the table, the signing keys, the user pool, and the bucket of Terraform's state.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cross_check.contract_document import ContractDocument
from local_aws.database import create_table
from local_aws.database.dynamodb_local import DynamoDBLocal
from local_server import project
from rehearsal.cloudwatch_logs import LogGroups
from rehearsal.cognito import CognitoUserPool, User
from rehearsal.iam import Roles
from rehearsal.iam_proxy import IamProxy
from rehearsal.moto_server import MockedAws


@dataclass(frozen=True)
class Prerequisites:
    """What was made: `table` and `bucket` by name, `user_pool`. `state_key` names Terraform's state in the bucket."""

    table: str
    bucket: str
    state_key: str
    user_pool: CognitoUserPool

    def state(self) -> dict[str, Any]:
        """Terraform's state, as its backend keeps it: Terraform itself would take seconds to show it."""
        stored = self.user_pool.aws.client("s3").get_object(Bucket=self.bucket, Key=self.state_key)
        state: dict[str, Any] = json.loads(stored["Body"].read())
        return state


def make_prerequisites(
    aws: MockedAws, database: str, environment: Mapping[str, str], backend: Mapping[str, str]
) -> Prerequisites:
    """`database` is DynamoDB's endpoint; `environment` and `backend` are an environment's settings."""
    table = f"products-{environment['environment']}"
    create_table(aws.client("dynamodb", endpoint_url=database), table)
    keys = f"/{environment['api_name']}/cursor-signing-keys"
    aws.client("ssm").put_parameter(Name=keys, Value=secrets.token_hex(32), Type="SecureString")
    aws.client("s3").create_bucket(
        Bucket=backend["bucket"], CreateBucketConfiguration={"LocationConstraint": aws.region}
    )
    pool = CognitoUserPool.make(aws, f"{environment['api_name']}-users")
    return Prerequisites(table, backend["bucket"], backend["key"], pool)


ADMINISTRATOR, SOMEBODY = "administrator", "somebody"


@dataclass(frozen=True)
class MockAccount:
    """`not_mocked` is what was asked of AWS and the mock could not answer."""

    aws: MockedAws
    roles: Roles
    dynamodb: IamProxy
    logs: LogGroups
    prerequisites: Prerequisites
    administrator: User
    somebody: User
    not_mocked: list[str]

    @property
    def endpoints(self) -> dict[str, str]:
        """As environment variables."""
        return {"AWS_ENDPOINT_URL": self.aws.endpoint, "AWS_ENDPOINT_URL_DYNAMODB": self.dynamodb.endpoint}


@contextmanager
def mock_account(root: Path, environment: str) -> Iterator[MockAccount]:
    """The account for an environment of the checkout at `root`. Raises CannotStart."""
    folder = root / "terraform" / "environments"
    variables, backend = (
        json.loads((folder / f"{environment}.{kind}.json").read_bytes()) for kind in ("tfvars", "s3.tfbackend")
    )
    not_mocked: list[str] = []
    with (
        DynamoDBLocal(node_modules=project.NODE_MODULES) as engine,
        MockedAws(variables["region"], not_mocked.append) as aws,
        IamProxy(engine.endpoint, variables["region"], roles := Roles(aws)) as proxy,
    ):
        prerequisites = make_prerequisites(aws, proxy.endpoint, variables, backend)
        groups = ContractDocument.load(project.DOCUMENT).extension(project.ALLOWED_GROUPS)
        administrator = prerequisites.user_pool.add_user(ADMINISTRATOR, groups[:1])
        somebody = prerequisites.user_pool.add_user(SOMEBODY)
        yield MockAccount(aws, roles, proxy, LogGroups(aws), prerequisites, administrator, somebody, not_mocked)
