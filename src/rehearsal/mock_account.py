"""The account that a rehearsal deploys to: AWS mocked, DynamoDB behind IAM, logs, and what the stack only refers to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cross_check.contract_document import ContractDocument
from local_aws.database.dynamodb_local import DynamoDBLocal
from local_server import project
from rehearsal.cloudwatch_logs import LogGroups
from rehearsal.iam import Roles
from rehearsal.iam_proxy import IamProxy
from rehearsal.moto_server import MockedAws
from rehearsal.prerequisites import Prerequisites, make_prerequisites
from rehearsal.user_pool import User

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
