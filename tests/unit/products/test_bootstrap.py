from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from contract.messages import Request, Response
from products import bootstrap
from products.bootstrap import Dependencies, MissingSetting, Settings
from products.cursors import Cursors
from products.errors import BadToken, Unavailable

ENVIRONMENT = {
    "PRODUCTS_TABLE": "products-dev",
    "AWS_REGION": "eu-west-1",
    "CURSOR_SIGNING_KEYS": "a-key-of-sixteen-or-more",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
}
SETTINGS = {"PRODUCTS_TABLE": "products-dev", "AWS_REGION": "eu-west-1"}
HANDLERS = ["list_products", "get_product", "create_product", "update_product", "delete_product"]

# botocore's own import seeds `random`; so it is imported before anybody watches.
WATCHED_IMPORT = """
import json, os, random, socket, sys, time, uuid
import botocore.session, botocore.config, botocore.client, botocore.httpsession, jsonschema_rs
seen = []

def watch(module, name):
    original = getattr(module, name)
    def watched(*arguments, **keywords):
        seen.append(module.__name__ + "." + name)
        return original(*arguments, **keywords)
    setattr(module, name, watched)

for module, name in [
    (os, "urandom"), (random, "random"), (random, "randint"), (random, "getrandbits"), (uuid, "uuid4"), (uuid, "uuid1"),
    (time, "time"), (time, "monotonic"), (time, "time_ns"), (time, "perf_counter"), (time, "sleep"),
    (socket, "create_connection"), (socket.socket, "connect"),
]:
    watch(module, name)

import importlib
importlib.import_module("products.handlers." + sys.argv[1])
heavy = {"boto3", "pydantic", "openapi_core", "yaml", "local_aws", "local_server", "contract_compiler"}
heavy |= {"generated.models", "asyncio"}
print(json.dumps([seen, sorted(heavy & set(sys.modules))]))
"""


def run(program: str, *arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "COVERAGE_PROCESS_CONFIG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={**inherited, "PYTHONPATH": os.pathsep.join(["src", "."]), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", HANDLERS)
def test_importing_a_handler_draws_no_lots_reads_no_clock_and_opens_no_connection(name: str) -> None:
    imported = run(WATCHED_IMPORT, name, environment=ENVIRONMENT)
    assert imported.stderr == ""
    assert json.loads(imported.stdout) == [[], []]


@pytest.mark.parametrize("name", HANDLERS)
@pytest.mark.parametrize("missing", ["PRODUCTS_TABLE", "AWS_REGION", "CURSOR_SIGNING_KEYS"])
def test_a_function_without_a_setting_fails_at_import_and_names_it(name: str, missing: str) -> None:
    rest = {key: value for key, value in ENVIRONMENT.items() if key != missing}
    imported = run(f"import products.handlers.{name}", environment=rest)
    needs = missing != "CURSOR_SIGNING_KEYS" or name == "list_products"
    assert (imported.returncode != 0) is needs
    assert (missing in imported.stderr) is needs


def test_functions_of_one_process_share_a_client_and_a_log_level() -> None:
    output = run(
        "import logging, products.handlers.get_product, products.handlers.update_product as update\n"
        "from products.bootstrap import connection\n"
        "print(*[logging.getLogger(name).level for name in ('products', 'contract')], connection.cache_info().misses)",
        environment={**ENVIRONMENT, "LOG_LEVEL": "ERROR"},
    )
    assert output.stdout.split() == ["40", "40", "1"]


def test_ids_and_times_are_what_the_contract_says() -> None:
    first, second = bootstrap.new_id(), bootstrap.new_id()
    assert first != second
    assert first[14] == "4"
    assert bootstrap.utc_now().utcoffset() is not None


def test_the_tables_are_found_beside_the_code_in_a_zip(tmp_path: Path) -> None:
    """In Lambda `products` lies at the root of the zip, next to `generated`."""
    for package in ("products", "contract"):
        (tmp_path / package).symlink_to(Path("src", package).resolve())
    (tmp_path / "generated").symlink_to(Path("generated").resolve())
    program = (
        "from products.handlers.get_product import handler; print(handler({'httpMethod': 'POST'}, None)['statusCode'])"
    )
    output = run(program, environment={**ENVIRONMENT, "PYTHONPATH": str(tmp_path)})
    assert (output.stdout, output.stderr) == ("405\n", "")


def test_what_may_be_left_out_has_a_default() -> None:
    read = Settings(SETTINGS)
    assert (read.allowed_origins, read.log_level, read.cursor_signing_keys) == (frozenset(), None, None)


def test_origins_are_a_list() -> None:
    read = Settings({**SETTINGS, "ALLOWED_ORIGINS": "https://a.example, https://b.example,", "LOG_LEVEL": "DEBUG"})
    assert read.allowed_origins == {"https://a.example", "https://b.example"}
    assert read.log_level == "DEBUG"


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_variable_is_named(name: str, value: str | None) -> None:
    environment = {key: text for key, text in {**SETTINGS, name: value}.items() if text is not None}
    with pytest.raises(MissingSetting, match=name):
        Settings(environment)


def test_of_several_keys_the_first_signs_and_all_verify() -> None:
    former, keys = "the-key-of-last-month", "the-key-of-this-month , the-key-of-last-month"
    before, after = (dependencies(Settings({**SETTINGS, "CURSOR_SIGNING_KEYS": each})) for each in (former, keys))
    assert Cursors.of(after).position(Cursors.of(before).token({"PK": "1"}, {}), {}) == {"PK": "1"}
    with pytest.raises(BadToken):
        Cursors.of(before).position(Cursors.of(after).token({"PK": "1"}, {}), {})


@pytest.mark.parametrize("keys", [None, "", ",", "short", "the-key-of-this-month,short"])
def test_no_key_or_a_weak_one_signs_no_pages_and_is_not_shown(keys: str | None) -> None:
    environment = SETTINGS if keys is None else {**SETTINGS, "CURSOR_SIGNING_KEYS": keys}
    with pytest.raises(MissingSetting, match="CURSOR_SIGNING_KEYS") as refusal:
        Cursors.of(dependencies(Settings(environment)))
    assert "short" not in str(refusal.value)


def test_keys_by_reference_are_not_read_before_they_are_needed() -> None:
    """Nobody answers at the endpoint: to read it at start would fail."""
    environment = {
        **SETTINGS,
        "CURSOR_SIGNING_KEYS_PARAMETER": "/api/keys",
        "AWS_ENDPOINT_URL_SSM": "http://127.0.0.1:1",
    }
    cursors = Cursors.of(dependencies(Settings(environment)))
    with pytest.raises(Unavailable):
        cursors.token({"PK": "1"}, {})


def test_the_tokens_of_two_operations_never_meet() -> None:
    settings = Settings({**SETTINGS, "CURSOR_SIGNING_KEYS": "the-key-of-this-month"})
    token = Cursors.of(dependencies(settings, "listProducts")).token({"PK": "1"}, {})
    with pytest.raises(BadToken):
        Cursors.of(dependencies(settings, "listCategories")).position(token, {})


def dependencies(settings: Settings, operation_id: str = "listProducts") -> Dependencies:
    operation: Any = SimpleNamespace(operation_id=operation_id)
    unused: Any = None
    return Dependencies(unused, settings, operation, bootstrap.retry_budget)


def test_a_handler_brings_its_own_service() -> None:
    """The composition root knows no resource: the handler's module names the operation, and the handler its service."""

    def respond(request: Request, service: str) -> Response:
        return Response(200, {"product": {}}, fallback=lambda: Response(404, {"error": service, "message": service}))

    respond.__module__ = "products.handlers.get_product"
    unused: Any = None
    settings = Settings(SETTINGS)
    handler = bootstrap.compose(
        respond, lambda given: given.operation.operation_id, settings, unused, bootstrap.retry_budget
    )
    answer = handler({"httpMethod": "GET", "pathParameters": {"productId": "PROD-001"}}, None)
    assert (answer["statusCode"], json.loads(answer["body"])["message"]) == (404, "getProduct")
