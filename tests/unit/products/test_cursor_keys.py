"""Keys by value or by reference: which is used, how long, and what happens when they cannot be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from products.cursors import REFRESH_SECONDS, StoredKeys, UnusableKeys, parse, read_parameter
from products.errors import Unavailable

KEYS = "the-key-of-this-month , the-key-of-last-month"
PARSED = (b"the-key-of-this-month", b"the-key-of-last-month")


class Parameter:
    """A parameter that counts how often it is read."""

    def __init__(self, value: str = KEYS) -> None:
        self.value: str | None = value
        self.reads = 0
        self.time = 1000.0

    def read(self) -> str:
        self.reads += 1
        if self.value is None:
            raise Unavailable
        return self.value

    @property
    def keys(self) -> StoredKeys:
        return StoredKeys(self.read, lambda: self.time)


def test_keys_are_kept_in_their_order() -> None:
    assert parse(KEYS) == PARSED


@pytest.mark.parametrize("keys", ["", ",", "short", "the-key-of-this-month,short"])
def test_no_key_or_a_weak_one_is_refused_and_not_shown(keys: str) -> None:
    with pytest.raises(UnusableKeys) as refusal:
        parse(keys)
    assert "short" not in str(refusal.value)


def test_a_parameter_is_read_when_it_is_needed_and_not_before() -> None:
    parameter = Parameter()
    keys = parameter.keys
    assert parameter.reads == 0
    assert keys() == keys() == PARSED
    assert parameter.reads == 1


def test_a_new_key_is_seen_within_the_time_that_the_runbook_counts_on() -> None:
    parameter = Parameter()
    keys = parameter.keys
    keys()
    parameter.value = "a-key-that-is-quite-new"
    parameter.time += REFRESH_SECONDS - 1
    assert keys() == PARSED
    parameter.time += 1
    assert keys() == (b"a-key-that-is-quite-new",)


@pytest.mark.parametrize("value", [None, "short"])
def test_keys_that_cannot_be_read_again_serve_on(value: str | None) -> None:
    parameter = Parameter()
    keys = parameter.keys
    keys()
    parameter.value = value
    parameter.time += REFRESH_SECONDS
    assert keys() == PARSED


@pytest.mark.parametrize("value", [None, "short"])
def test_without_keys_the_service_is_unavailable_until_there_are_some(value: str | None) -> None:
    parameter = Parameter()
    keys = parameter.keys
    parameter.value, good = value, parameter.value
    with pytest.raises(Unavailable):
        keys()
    parameter.value = good
    assert keys() == PARSED


class ParameterStore(BaseHTTPRequestHandler):
    """Answers GetParameter as Systems Manager does."""

    asked: dict[str, Any]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        type(self).asked = {**body, "target": self.headers["X-Amz-Target"], "signature": self.headers["Authorization"]}
        known = body["Name"] == "/api/keys"
        answer = {"Parameter": {"Value": KEYS}} if known else {"__type": "ParameterNotFound"}
        self.send_response(200 if known else 400)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing."""


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with HTTPServer(("127.0.0.1", 0), ParameterStore) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_parameter_is_asked_for_decrypted_and_signed_for_its_region(endpoint: str) -> None:
    assert read_parameter("/api/keys", "eu-west-1", endpoint) == KEYS
    asked = ParameterStore.asked
    assert (asked["Name"], asked["WithDecryption"], asked["target"]) == ("/api/keys", True, "AmazonSSM.GetParameter")
    assert "/eu-west-1/ssm/aws4_request" in asked["signature"]


def test_a_parameter_that_is_not_there_is_said_so_and_nobody_is_told(
    endpoint: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(Unavailable):
        read_parameter("/api/others", "eu-west-1", endpoint)
    [record] = caplog.records
    assert (record.levelname, record.__dict__["cause"]) == ("ERROR", "ParameterNotFound")


def test_nobody_there_is_unavailable(endpoint: str) -> None:
    with pytest.raises(Unavailable):
        read_parameter("/api/keys", "eu-west-1", "http://127.0.0.1:1")
