"""A document is read whole, and a node never loses its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract_compiler.diagnostics import InvalidDocument
from contract_compiler.document import follow, load, locate, parse


def test_a_pointer_is_escaped_as_rfc_6901_asks() -> None:
    node = parse("paths: {/a~b: {get: {tags: [x]}}}")["paths"]["/a~b"]["get"]["tags"][0]
    assert node.pointer == "/paths/~1a~0b/get/tags/0"
    assert node.value == "x"


def test_members_leave_extensions_out_and_entries_do_not() -> None:
    node = parse("a: 1\nx-b: 2")
    assert [key for key, _ in node.members()] == ["a"]
    assert [key for key, _ in node.entries()] == ["a", "x-b"]


def test_a_missing_member_is_none_or_the_given_default() -> None:
    node = parse("a: [1]")
    assert node.get("b") is None
    assert node.read("b", 5) == 5
    assert node["a"].get("b") is None
    assert "b" not in node["a"]


def test_a_finding_stands_at_its_member_and_names_it() -> None:
    node = parse("a: {b: [{c: 1}]}")
    assert str(node["a"].diagnostic("r", "m", "b")) == "#/a/b: b: m [r]"
    assert str(node["a"].diagnostic("r", "m", "missing")) == "#/a: missing: m [r]"
    assert str(node["a"]["b"][0].diagnostic("r", "m")) == "#/a/b/0: b: m [r]"
    assert str(node.diagnostic("r", "m")) == "#: document: m [r]"


@pytest.mark.parametrize("content", [b"- 1", b"", b"text", b"a: 1\na: 2", b"a: \xff"])
def test_what_is_no_document_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "document.yaml"
    path.write_bytes(content)
    with pytest.raises(InvalidDocument, match="document-syntax"):
        load(path)


def test_a_reference_is_followed_to_the_end_of_its_chain() -> None:
    document = parse("a: {$ref: '#/b'}\nb: {$ref: '#/c~1d/1'}\nc/d: [1, {e: 2}]")
    assert follow(document["a"]).pointer == "/c~1d/1"
    assert follow(document["c/d"]).pointer == "/c~1d"


@pytest.mark.parametrize("reference", ["#/a/9", "#/a/x", "#/a/-1", "#/b", "#a", "#/a/0/b", "#/a/٠"])
def test_a_reference_to_nothing_leads_to_none(reference: str) -> None:
    assert locate({"a": [1]}, reference) is None


def test_a_reference_to_the_whole_document_leads_there() -> None:
    found = locate({"a": 1}, "#")
    assert found is not None
    assert found.pointer == ""


def test_refusals_are_sorted_and_said_once() -> None:
    node = parse("b: 1\na: 1")
    diagnostics = [node.diagnostic("r", "m", "b"), node.diagnostic("r", "m", "a"), node.diagnostic("r", "m", "b")]
    assert [finding.pointer for finding in InvalidDocument(diagnostics).diagnostics] == ["/a", "/b"]
