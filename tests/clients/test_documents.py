"""The published document by the linters of others, and its patterns by the regular expressions of other languages."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from tests.clients.conftest import TOOLS, run
from tests.served import ROOT

RE2 = """
const { RE2 } = require("re2-wasm");
const bad = JSON.parse(process.argv[1]).filter((pattern) => {
  try {
    new RE2(pattern, "u");
    new RegExp(pattern, "u");
    return false;
  } catch {
    return true;
  }
});
console.log(JSON.stringify(bad));
"""


def patterns(node: object) -> set[str]:
    if isinstance(node, list):
        return {found for each in node for found in patterns(each)}
    if not isinstance(node, dict):
        return set()
    own = {node["pattern"]} if isinstance(node.get("pattern"), str) else set()
    return own.union(*(patterns(value) for value in node.values()))


def test_spectral_has_no_finding(tools: Path, release: Path) -> None:
    rules = ROOT / "openapi" / "spectral.yaml"
    run(tools / ".bin" / "spectral", "lint", release / "products.yaml", "--ruleset", rules, "--fail-severity", "hint")


def test_every_pattern_compiles_in_re2_and_in_javascript(tools: Path, release: Path) -> None:
    found = sorted(patterns(json.loads((release / "products.json").read_text())))
    assert found
    assert json.loads(run("node", "-e", RE2, json.dumps(found), cwd=TOOLS)) == []


def test_the_two_documents_say_the_same(release: Path) -> None:
    text = yaml.safe_load((release / "products.yaml").read_text())
    assert json.loads(json.dumps(text, default=str)) == json.loads((release / "products.json").read_text())


def test_the_document_names_every_environment(release: Path) -> None:
    servers = json.loads((release / "products.json").read_text())["servers"]
    assert [each["url"] for each in servers] == [
        "https://api.kimmyai.io", "https://sit.api.kimmyai.io", "https://dev.api.kimmyai.io",
    ]  # fmt: skip
