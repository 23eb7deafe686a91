"""What cannot be run ends with 2 and one clear line."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from deployment_validation.__main__ import main

HERE = Path(__file__)


@pytest.fixture(autouse=True)
def _no_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("API_TOKEN", "API_TOKEN_WITHOUT_GROUP", "COGNITO_USERNAME", "COGNITO_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def nobody() -> Iterator[str]:
    """A URL where nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


def line(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line that a run ends with which could not be made."""
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    [only] = printed.err.splitlines()
    return only


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://api.example", "The URL must begin with https:// or http:// and name a host."),
        ("api.example/dev", "The URL must begin with https:// or http:// and name a host."),
        ("https:///dev", "The URL must begin with https:// or http:// and name a host."),
        ("https://user:password@api.example", "The URL must have no user, query or fragment: it is the API's base."),
        ("https://api.example/dev?a=secret", "The URL must have no user, query or fragment: it is the API's base."),
        ("https://api.example:secret/dev", "The URL cannot be read."),
        ("https://[secret/dev", "The URL cannot be read."),
    ],
)
def test_a_url_that_is_no_apis_base_is_refused(capsys: pytest.CaptureFixture[str], url: str, reason: str) -> None:
    assert line(capsys, url) == reason


def test_a_host_that_does_not_answer_is_said_so(capsys: pytest.CaptureFixture[str], nobody: str) -> None:
    assert line(capsys, nobody) == "Nothing answers at the URL (the connection is refused)."


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "The contract {path} cannot be read (No such file or directory)."),
        ("a: [", "The contract {path} is no OpenAPI document that this script can use."),
        ("{}", "The contract {path} is no OpenAPI document that this script can use."),
        (
            "openapi: 3.0.3\ninfo: {title: t, version: 1.0.0}\npaths: {}\n",
            "The contract {path} has no operation "
            "createProduct, deleteProduct, getProduct, listProducts, updateProduct.",
        ),
    ],
)
def test_a_contract_that_cannot_be_used_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, nobody: str, content: str | None, reason: str
) -> None:
    path = tmp_path / "contract.yaml"
    if content is not None:
        path.write_text(content)
    assert line(capsys, nobody, "--contract", str(path)) == reason.format(path=path)


def test_a_token_is_not_sent_over_http_to_another_machine(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("API_TOKEN", "secret")
    reason = "A token is not sent over http to another machine: use https, or --read-only."
    assert line(capsys, "http://api.example/dev") == reason


@pytest.mark.parametrize("content", ["two words", "", "Bearer secret", "sécret", b"\xff\xfe"])
def test_a_file_that_holds_no_token_is_refused_and_not_shown(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, nobody: str, content: str | bytes
) -> None:
    path = tmp_path / "token"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert line(capsys, nobody, "--token-file", str(path)) == f"The file {path} holds no token."


def test_a_missing_token_file_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path, nobody: str) -> None:
    path = tmp_path / "token"
    reason = f"The token file {path} cannot be read (No such file or directory)."
    assert line(capsys, nobody, "--token-file", str(path)) == reason


def test_a_login_needs_a_name_and_a_password(capsys: pytest.CaptureFixture[str], nobody: str) -> None:
    reason = "A login needs the user's name and password in COGNITO_USERNAME and COGNITO_PASSWORD."
    assert line(capsys, nobody, "--user-pool-client-id", "client") == reason


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["https://api.example", "--requests", "-1"],
        ["https://api.example", "--timeout", "0"],
        ["https://api.example", "--timeout", "nan"],
        ["https://api.example", "--latency-slack", "x"],
        ["https://api.example", "--environment", "nowhere"],
        ["https://api.example", "--password", "secret"],
    ],
)
def test_wrong_usage_is_a_2(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: scripts/validate_deployment.py" in capsys.readouterr().err
