"""Every rule has a document that breaks it; the document itself says where, in `x-refused`."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract_compiler.diagnostics import Diagnostic, InvalidDocument
from contract_compiler.document import Node, load
from contract_compiler.lint import WARNINGS, lint
from contract_compiler.operation_tables import tables

DOCUMENTS = Path(__file__).parents[2] / "fixtures" / "documents" / "refused"


def compile_document(document: Node, *, strict: bool) -> list[Diagnostic]:
    """The warnings of a document that compiles."""
    warnings = lint(document, strict=strict)
    tables(document)
    return warnings


def refusal(path: Path) -> list[Diagnostic]:
    with pytest.raises(InvalidDocument) as caught:
        compile_document(load(path), strict=True)
    return caught.value.diagnostics


@pytest.mark.parametrize("path", sorted(DOCUMENTS.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_document_is_refused_at_every_place_that_breaks_the_rule_and_for_nothing_else(path: Path) -> None:
    diagnostics = refusal(path)
    assert {diagnostic.rule for diagnostic in diagnostics} == {path.stem.partition(".")[0]}
    assert {diagnostic.pointer for diagnostic in diagnostics} == set(load(path).read("x-refused"))


@pytest.mark.parametrize("path", sorted(DOCUMENTS.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_diagnostic_names_the_keyword_and_says_why_in_one_line(path: Path) -> None:
    for diagnostic in refusal(path):
        assert diagnostic.keyword
        assert diagnostic.message
        assert (
            str(diagnostic) == f"#{diagnostic.pointer}: {diagnostic.keyword}: {diagnostic.message} [{diagnostic.rule}]"
        )
        assert "\n" not in str(diagnostic)


@pytest.mark.parametrize("path", sorted(DOCUMENTS.glob("*.yaml")), ids=lambda path: path.stem)
def test_what_contradicts_nothing_is_a_warning_unless_the_mode_is_strict(path: Path) -> None:
    rule = path.stem.partition(".")[0]
    document = load(path)
    if rule in WARNINGS:
        found = [each for each in compile_document(document, strict=False) if each.rule == rule]
        assert {each.pointer for each in found} == set(document.read("x-refused"))
    else:
        with pytest.raises(InvalidDocument):
            compile_document(document, strict=False)


def test_every_rule_that_only_warns_has_a_document() -> None:
    assert {path.stem.partition(".")[0] for path in DOCUMENTS.glob("*.yaml")} >= WARNINGS
