"""A token is taken from where it was said to be, by Cognito's own protocol where that is a login, and never shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from deployment_validation import CannotRun, tokens

USER = {"COGNITO_USERNAME": "validator", "COGNITO_PASSWORD": "Secret-password-1"}


class UserPool(ThreadingHTTPServer):
    """Answers every call with `reply`, and keeps what it was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.reply: tuple[int, dict[str, Any]] = 200, {}
        self.sent: list[tuple[str | None, dict[str, Any], str | None]] = []


class Handler(BaseHTTPRequestHandler):
    server: UserPool

    def do_POST(self) -> None:
        content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.sent.append((self.headers["X-Amz-Target"], content, self.headers["Authorization"]))
        status, reply = self.server.reply
        body = json.dumps(reply).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Not on the test's output."""


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[UserPool]:
    with UserPool() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setenv("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", f"http://127.0.0.1:{server.server_port}")
        # Credentials that boto3 would raise for, if it looked for any.
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "without-a-secret")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY", raising=False)
        monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
        monkeypatch.delenv("AWS_PROFILE", raising=False)
        monkeypatch.setenv("NO_PROXY", "*")
        yield server
        server.shutdown()
        thread.join()


def refusal(pool: UserPool, status: int, **reply: Any) -> str:
    pool.reply = status, reply
    with pytest.raises(CannotRun) as refused:
        tokens.from_cognito("app", "eu-west-1", USER)
    assert not any(value in str(refused.value) for value in USER.values())
    return str(refused.value)


def test_a_login_sends_name_and_password_without_aws_credentials_and_gives_the_id_token(pool: UserPool) -> None:
    pool.reply = 200, {"AuthenticationResult": {"IdToken": "a.b.c", "AccessToken": "d.e.f"}}
    assert tokens.from_cognito("app", "eu-west-1", USER) == "a.b.c"
    [(target, content, authorization)] = pool.sent
    assert target == "AWSCognitoIdentityProviderService.InitiateAuth"
    assert (content["ClientId"], content["AuthFlow"], authorization) == ("app", "USER_PASSWORD_AUTH", None)
    assert content["AuthParameters"] == {"USERNAME": "validator", "PASSWORD": "Secret-password-1"}


def test_a_refused_login_is_named_by_its_code_alone(pool: UserPool) -> None:
    reason = refusal(pool, 400, __type="NotAuthorizedException", message="validator: Secret-password-1 is wrong")
    assert reason == "The login failed (NotAuthorizedException)."


def test_a_user_who_must_do_more_than_send_a_password_is_named_by_that(pool: UserPool) -> None:
    reason = refusal(pool, 200, ChallengeName="SOFTWARE_TOKEN_MFA", Session="s")
    assert reason == "The login failed: Cognito asks this user for more than a password (SOFTWARE_TOKEN_MFA)."


def test_what_cognito_sends_instead_of_a_token_is_not_shown(pool: UserPool) -> None:
    reason = refusal(pool, 200, AuthenticationResult={"IdToken": "no token: Secret-password-1"})
    assert reason == "Cognito's answer holds no token."


def test_a_region_that_is_none_is_an_error_of_the_login(pool: UserPool) -> None:
    with pytest.raises(CannotRun, match=r"^The login failed \(InvalidRegionError\)\.$"):
        tokens.from_cognito("app", "no region", USER)


def test_an_endpoint_that_is_no_url_is_an_error_of_the_login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", "nowhere")
    with pytest.raises(CannotRun, match=r"^The login failed \(ValueError\)\.$"):
        tokens.from_cognito("app", "eu-west-1", USER)


@pytest.mark.parametrize("missing", USER)
def test_a_login_without_a_name_or_a_password_is_not_tried(pool: UserPool, missing: str) -> None:
    with pytest.raises(CannotRun, match="needs the user's name and password"):
        tokens.from_cognito("app", "eu-west-1", {**USER, missing: ""})
    assert pool.sent == []


@pytest.mark.parametrize(
    ("variable", "token"), [({}, None), ({"T": "  "}, None), ({"T": " a.b.c\n"}, "a.b.c"), ({"T": "YQ=="}, "YQ==")]
)
def test_the_environment_has_a_token_or_none(variable: dict[str, str], token: str | None) -> None:
    assert tokens.given(None, "T", variable) == token


def test_what_is_no_token_in_the_environment_is_refused_and_not_shown() -> None:
    with pytest.raises(CannotRun, match=r"^The environment variable T holds no token\.$"):
        tokens.given(None, "T", {"T": "two words"})


def test_a_file_goes_before_the_environment(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from.a.file\n")
    assert tokens.given(tmp_path / "token", "T", {"T": "from.the.environment"}) == "from.a.file"
