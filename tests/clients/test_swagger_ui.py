"""Swagger UI of `scripts/serve` in a real browser: pressing Execute on what it fills in does what is documented."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from contract_compiler.document import load
from contract_compiler.traversal import operations
from tests.clients.conftest import run
from tests.served import ROOT, Served, served

SCRIPT = Path(__file__).with_name("swagger_ui.mjs")
SUCCESS = range(200, 300)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A catalogue of its own, for what others have changed is not what the examples name."""
    with served(tmp_path_factory.mktemp("swagger_ui")) as running:
        yield running


def test_the_first_execute_of_every_operation_succeeds_as_documented(
    tools: Path, chromium: str, untouched: Served
) -> None:
    token = untouched.token("platform-admin")
    found: dict[str, Any] = json.loads(run("node", SCRIPT, tools, chromium, f"{untouched.url}/ui/", token))
    assert found["problems"] == [], "the browser's console"
    assert found["elsewhere"] == [], "requests to other hosts"
    assert found["version"] == version("flask-swagger-ui")
    executed = {each.pop("operation"): each for each in found["executed"]}
    expected = {each.operation_id for each in operations(load(ROOT / "openapi" / "products.yaml"))}
    assert executed.keys() == expected
    for name, each in executed.items():
        [documented] = [status for status in each["documented"] if status in SUCCESS]
        assert each["shown"] == documented, f"{name}: {each}"
