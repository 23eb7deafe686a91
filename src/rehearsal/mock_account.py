"""The account that a rehearsal deploys to: AWS mocked, DynamoDB behind IAM, logs, and what the stack only refers to.

That is the table, the signing keys, the Cognito user pool, and the bucket of Terraform's state.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from joserfc.jwk import KeySet

from cross_check.contract_document import ContractDocument
from local_aws.database import create_table
from local_aws.database.dynamodb_local import DynamoDBLocal
from local_aws.gateway.stage import AuthorizerMisconfigured
from local_aws.user_pool import authorizer_claims
from local_server import project
from rehearsal.cloudwatch import LogGroups
from rehearsal.iam_proxy import iam_proxy
from rehearsal.moto_server import MockedAws


class CognitoUserPool:
    """A new user pool, with one client that may sign users in."""

    def __init__(self, aws: MockedAws, name: str) -> None:
        self.cognito = aws.client("cognito-idp")
        pool = self.cognito.create_user_pool(PoolName=name)["UserPool"]
        self.id, self.arn = str(pool["Id"]), str(pool["Arn"])
        flows = ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
        client = self.cognito.create_user_pool_client(UserPoolId=self.id, ClientName="portal", ExplicitAuthFlows=flows)
        self.client_id = client["UserPoolClient"]["ClientId"]

    def add_user(self, name: str, groups: Iterable[str] = ()) -> User:
        """A confirmed user in these groups, which are made."""
        user, password = {"UserPoolId": self.id, "Username": name}, f"{secrets.token_urlsafe(24)}-Aa1"
        self.cognito.admin_create_user(**user, MessageAction="SUPPRESS")
        self.cognito.admin_set_user_password(**user, Password=password, Permanent=True)
        for group in groups:
            self.cognito.create_group(UserPoolId=self.id, GroupName=group)
            self.cognito.admin_add_user_to_group(**user, GroupName=group)
        return User(self, name, password)


@dataclass(frozen=True)
class User:
    """A user of the pool."""

    pool: CognitoUserPool
    name: str
    _password: str

    def sign_in(self) -> dict[str, str]:
        """Cognito's answer: IdToken and AccessToken, good for an hour."""
        answer: dict[str, str] = self.pool.cognito.admin_initiate_auth(
            UserPoolId=self.pool.id,
            ClientId=self.pool.client_id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": self.name, "PASSWORD": self._password},
        )["AuthenticationResult"]
        return answer

    def token(self) -> str:
        """An ID token, which is what an authorizer without scopes takes."""
        return self.sign_in()["IdToken"]


class PoolAuthorizers:
    """Checks tokens as a REST API's Cognito authorizer does, by the keys that the pools publish."""

    def __init__(self, aws: MockedAws) -> None:
        self._aws = aws
        self._keys: dict[str, KeySet] = {}

    def claims(self, user_pool_arn: str, token: str) -> Mapping[str, str] | None:
        """Raises AuthorizerMisconfigured."""
        pool = user_pool_arn.rpartition("/")[2]
        if pool not in self._keys:
            cognito = self._aws.client("cognito-idp")
            try:
                found = cognito.describe_user_pool(UserPoolId=pool)["UserPool"]["Arn"]
            except cognito.exceptions.ResourceNotFoundException:
                found = None
            if found != user_pool_arn:
                raise AuthorizerMisconfigured(user_pool_arn)
            answer = httpx.get(f"{self._aws.endpoint}/{pool}/.well-known/jwks.json", trust_env=False)
            self._keys[pool] = KeySet.import_key_set(answer.raise_for_status().json())
        issuer = f"https://cognito-idp.{self._aws.region}.amazonaws.com/{pool}"
        return authorizer_claims(token, self._keys[pool], issuer)


@dataclass(frozen=True)
class MockAccount:
    """`not_mocked` is what was asked of AWS and the mock could not answer.

    `dynamodb` is an endpoint; `table` and `bucket` are names; `state_key` is that of Terraform's state in the bucket.
    """

    aws: MockedAws
    dynamodb: str
    logs: LogGroups
    table: str
    bucket: str
    state_key: str
    user_pool: CognitoUserPool
    administrator: User
    somebody: User
    not_mocked: list[str]

    @property
    def endpoints(self) -> dict[str, str]:
        """As environment variables."""
        return {"AWS_ENDPOINT_URL": self.aws.endpoint, "AWS_ENDPOINT_URL_DYNAMODB": self.dynamodb}

    def state(self) -> dict[str, Any]:
        """Terraform's state, as its backend has it: Terraform itself would take seconds to show it."""
        stored = self.aws.client("s3").get_object(Bucket=self.bucket, Key=self.state_key)
        state: dict[str, Any] = json.loads(stored["Body"].read())
        return state


@contextmanager
def mock_account(root: Path, environment: str) -> Iterator[MockAccount]:
    """The account for an environment of the checkout at `root`. Raises CannotStart."""
    folder = root / "terraform" / "environments"
    settings, backend = (
        json.loads((folder / f"{environment}.{kind}.json").read_bytes()) for kind in ("tfvars", "s3.tfbackend")
    )
    region, api, bucket = settings["region"], settings["api_name"], backend["bucket"]
    not_mocked: list[str] = []
    with (
        DynamoDBLocal(node_modules=project.NODE_MODULES) as engine,
        MockedAws(region, not_mocked.append) as aws,
        iam_proxy(engine.endpoint, aws) as dynamodb,
    ):
        table = f"products-{settings['environment']}"
        create_table(aws.client("dynamodb", endpoint_url=dynamodb), table)
        keys, secret = f"/{api}/cursor-signing-keys", secrets.token_hex(32)
        aws.client("ssm").put_parameter(Name=keys, Value=secret, Type="SecureString")
        aws.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region})
        pool = CognitoUserPool(aws, f"{api}-users")
        groups = ContractDocument.load(project.DOCUMENT).extension(project.ALLOWED_GROUPS)
        yield MockAccount(
            aws,
            dynamodb,
            LogGroups(aws),
            table,
            bucket,
            backend["key"],
            pool,
            administrator=pool.add_user("administrator", groups[:1]),
            somebody=pool.add_user("somebody"),
            not_mocked=not_mocked,
        )
