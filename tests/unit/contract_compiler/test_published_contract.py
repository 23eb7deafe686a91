"""This project's own contract: nothing in it is refused, and what is generated is what it says now."""

from __future__ import annotations

import json
from pathlib import Path

from contract_compiler.__main__ import main
from contract_compiler.document import load
from contract_compiler.lint import lint

ROOT = Path(__file__).parents[3]
CONTRACT = ROOT / "openapi" / "products.yaml"


def test_the_contract_keeps_every_rule_and_has_its_handlers() -> None:
    lint(load(CONTRACT), ROOT / "src" / "products" / "handlers")


def test_what_is_generated_is_fresh(tmp_path: Path) -> None:
    options = ["--bundle", "products.json", "--api-gateway", "apigateway.json"]
    settings = ["--api-gateway-settings", str(ROOT / "openapi" / "apigateway.yaml")]
    assert main([str(CONTRACT), "--out", str(tmp_path), *options, *settings]) == 0
    made = {path.relative_to(tmp_path): path.read_text("utf-8") for path in tmp_path.rglob("*") if path.is_file()}
    assert len(made) > 3
    for name, text in made.items():
        assert (ROOT / "generated" / name).read_text("utf-8") == text, name


def test_the_prose_says_the_limits_that_the_gateway_is_given() -> None:
    document = load(CONTRACT)
    limits = {kind: limit.read("requestsPerSecond") for kind, limit in document["x-throttling"].entries()}
    prose = " ".join(document["info"].read("description").split())
    assert f"{limits['read']} requests a second to each operation that reads, and {limits['write']} to each" in prose
    each = {
        row["operationId"]: row
        for row in json.loads((ROOT / "generated" / "operations.json").read_text())["operations"]
    }
    assert {name: row["throttling"]["requestsPerSecond"] for name, row in each.items()} == {
        name: limits["read" if row["method"] == "GET" else "write"] for name, row in each.items()
    }
