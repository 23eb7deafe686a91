"""A login at a user pool, on moto's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from moto import mock_aws

from deployment_validation import CannotRun, tokens

USER = {"COGNITO_USERNAME": "validator", "COGNITO_PASSWORD": "Secret-password-1"}


@dataclass(frozen=True)
class Pool:
    client: Any
    pool_id: str
    client_id: str

    def add(self, name: str, *, permanent: bool) -> None:
        self.client.admin_create_user(UserPoolId=self.pool_id, Username=name)
        password = USER["COGNITO_PASSWORD"]
        self.client.admin_set_user_password(
            UserPoolId=self.pool_id, Username=name, Password=password, Permanent=permanent
        )


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", "AWS_PROFILE"):
            patch.delenv(name, raising=False)
        patch.setenv("AWS_REGION", "eu-west-1")
        client: Any = boto3.client("cognito-idp", "eu-west-1")
        pool_id = client.create_user_pool(PoolName="platform")["UserPool"]["Id"]
        app = client.create_user_pool_client(UserPoolId=pool_id, ClientName="validation")["UserPoolClient"]
        yield Pool(client, pool_id, app["ClientId"])


def test_a_login_gives_the_id_token(pool: Pool) -> None:
    pool.add("validator", permanent=True)
    assert tokens.from_cognito(pool.client_id, None, USER).count(".") == 2


@pytest.mark.parametrize("changed", [{"COGNITO_PASSWORD": "Another-password-1"}, {"COGNITO_USERNAME": "nobody"}])
def test_a_refused_login_is_said_without_name_or_password(pool: Pool, changed: dict[str, str]) -> None:
    with pytest.raises(CannotRun, match=r"^The login failed \([A-Za-z]+\)\.$") as refused:
        tokens.from_cognito(pool.client_id, "eu-west-1", {**USER, **changed})
    assert not any(value in str(refused.value) for value in {**USER, **changed}.values())


def test_a_user_who_must_do_more_is_said_so(pool: Pool) -> None:
    pool.add("newcomer", permanent=False)
    with pytest.raises(CannotRun, match=r"asks this user for more than a password \(NEW_PASSWORD_REQUIRED\)"):
        tokens.from_cognito(pool.client_id, None, {**USER, "COGNITO_USERNAME": "newcomer"})


def test_an_unreachable_pool_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(CannotRun, match=r"^The login failed \(EndpointConnectionError\)\.$"):
        tokens.from_cognito("client", "eu-west-1", USER)
