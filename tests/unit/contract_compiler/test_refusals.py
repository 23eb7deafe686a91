"""Every rule has a document that breaks it; the document itself says where, in `x-refused`."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract_compiler.compilation import tables
from contract_compiler.diagnostics import Diagnostic, InvalidDocument
from contract_compiler.document import Node, load
from contract_compiler.lint import lint

DOCUMENTS = Path(__file__).parents[2] / "fixtures" / "documents" / "refused"


def compile_document(document: Node) -> None:
    lint(document)
    tables(document)


def refusal(path: Path) -> list[Diagnostic]:
    with pytest.raises(InvalidDocument) as caught:
        compile_document(load(path))
    return caught.value.diagnostics


@pytest.mark.parametrize("path", sorted(DOCUMENTS.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_document_is_refused_at_every_place_that_breaks_the_rule_and_for_nothing_else(path: Path) -> None:
    diagnostics = refusal(path)
    assert {finding.rule for finding in diagnostics} == {path.stem.partition(".")[0]}
    assert {finding.pointer for finding in diagnostics} == set(load(path).read("x-refused"))


@pytest.mark.parametrize("path", sorted(DOCUMENTS.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_finding_names_the_keyword_and_says_why_in_one_line(path: Path) -> None:
    for finding in refusal(path):
        assert finding.keyword
        assert finding.message
        assert str(finding) == f"#{finding.pointer}: {finding.keyword}: {finding.message} [{finding.rule}]"
        assert "\n" not in str(finding)
