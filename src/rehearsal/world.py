"""The account that a rehearsal deploys to: AWS mocked, DynamoDB behind IAM, logs, and what the stack only refers to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cross_check.contract_document import ContractDocument
from local_aws.database.dynamodb_local import DynamoDBLocal
from local_server import project
from rehearsal.aws import MockedAws
from rehearsal.dynamodb_front import DynamoDBFront
from rehearsal.log_groups import LogGroups
from rehearsal.roles import Roles
from rehearsal.surroundings import Surroundings, make_surroundings, settings
from rehearsal.user_pool import User

ADMINISTRATOR, SOMEBODY = "administrator", "somebody"


@dataclass(frozen=True)
class World:
    """`not_mocked` is what was asked of AWS and the mock could not answer."""

    aws: MockedAws
    roles: Roles
    dynamodb: DynamoDBFront
    logs: LogGroups
    surroundings: Surroundings
    administrator: User
    somebody: User
    not_mocked: list[str]

    @property
    def endpoints(self) -> dict[str, str]:
        """As environment variables."""
        return {"AWS_ENDPOINT_URL": self.aws.endpoint, "AWS_ENDPOINT_URL_DYNAMODB": self.dynamodb.endpoint}


@contextmanager
def world(root: Path, environment: str) -> Iterator[World]:
    """The account for an environment of the checkout at `root`. Raises CannotStart."""
    folder = root / "terraform" / "environments"
    variables, backend = settings(folder / f"{environment}.tfvars"), settings(folder / f"{environment}.s3.tfbackend")
    not_mocked: list[str] = []
    with (
        DynamoDBLocal(node_modules=project.NODE_MODULES) as engine,
        MockedAws(variables["region"], not_mocked.append) as aws,
        DynamoDBFront(engine.endpoint, variables["region"], roles := Roles(aws)) as front,
    ):
        around = make_surroundings(aws, front.endpoint, variables, backend)
        groups = ContractDocument.load(project.DOCUMENT).extension(project.ALLOWED_GROUPS)
        administrator = around.user_pool.add_user(ADMINISTRATOR, groups[:1])
        somebody = around.user_pool.add_user(SOMEBODY)
        yield World(aws, roles, front, LogGroups(aws), around, administrator, somebody, not_mocked)
