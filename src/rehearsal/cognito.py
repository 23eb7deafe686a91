"""The user pool: administrators and others with real tokens, and the authorizer that checks them by the pool's keys."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import httpx
from joserfc.jwk import KeySet

from local_aws.gateway.stage import AuthorizerMisconfigured
from local_aws.user_pool import authorizer_claims
from rehearsal.moto_server import MockedAws


@dataclass(frozen=True)
class CognitoUserPool:
    """A pool that exists, with one client that may sign users in."""

    aws: MockedAws
    arn: str
    client_id: str

    @classmethod
    def make(cls, aws: MockedAws, name: str) -> CognitoUserPool:
        cognito = aws.client("cognito-idp")
        pool = cognito.create_user_pool(PoolName=name)["UserPool"]
        flows = ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
        client = cognito.create_user_pool_client(UserPoolId=pool["Id"], ClientName="portal", ExplicitAuthFlows=flows)
        return cls(aws, pool["Arn"], client["UserPoolClient"]["ClientId"])

    @property
    def id(self) -> str:
        return self.arn.rpartition("/")[2]

    def add_user(self, name: str, groups: Iterable[str] = ()) -> User:
        """A confirmed user in these groups, which are made if they are not there."""
        cognito, password = self.aws.client("cognito-idp"), f"{secrets.token_urlsafe(24)}-Aa1"
        user = {"UserPoolId": self.id, "Username": name}
        cognito.admin_create_user(**user, MessageAction="SUPPRESS")
        cognito.admin_set_user_password(**user, Password=password, Permanent=True)
        for group in groups:
            cognito.create_group(UserPoolId=self.id, GroupName=group)
            cognito.admin_add_user_to_group(**user, GroupName=group)
        return User(self, name, password)


@dataclass(frozen=True)
class User:
    """Somebody who can sign in."""

    pool: CognitoUserPool
    name: str
    _password: str

    def sign_in(self) -> dict[str, str]:
        """Cognito's answer: IdToken and AccessToken, good for an hour."""
        answer: dict[str, str] = self.pool.aws.client("cognito-idp").admin_initiate_auth(
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
        issuer = f"https://cognito-idp.{self._aws.region}.amazonaws.com/{pool}"
        return authorizer_claims(token, self._key_set(user_pool_arn, pool), issuer)

    def _key_set(self, arn: str, pool: str) -> KeySet:
        if pool not in self._keys:
            self._check(arn, pool)
            url = f"{self._aws.endpoint}/{pool}/.well-known/jwks.json"
            self._keys[pool] = KeySet.import_key_set(httpx.get(url, trust_env=False).raise_for_status().json())
        return self._keys[pool]

    def _check(self, arn: str, pool: str) -> None:
        cognito = self._aws.client("cognito-idp")
        try:
            found = cognito.describe_user_pool(UserPoolId=pool)["UserPool"]["Arn"]
        except cognito.exceptions.ResourceNotFoundException:
            found = None
        if found != arn:
            raise AuthorizerMisconfigured(arn)
