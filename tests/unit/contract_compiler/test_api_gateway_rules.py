"""Every rule of API Gateway has a reason, a page, and a document that breaks it."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract_compiler.api_gateway.rules import BODY_RULES, CONTRACT_RULES, Rule, check
from contract_compiler.document import load, parse

DOCUMENTS = Path(__file__).parents[2] / "fixtures" / "documents" / "api_gateway"
RULES = {rule.id: rule for rule in (*CONTRACT_RULES, *BODY_RULES)}


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_a_rule_finds_every_place_that_breaks_it(rule: Rule) -> None:
    document = load(DOCUMENTS / f"{rule.id}.yaml")
    diagnostics = list(check(document, [rule]))
    assert sorted(finding.pointer for finding in diagnostics) == sorted(document.read("x-refused"))


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_a_finding_gives_the_reason_and_the_page(rule: Rule) -> None:
    for finding in check(load(DOCUMENTS / f"{rule.id}.yaml"), [rule]):
        assert finding.rule == rule.id
        assert finding.message == f"{rule.reason} ({rule.link})"
        assert rule.link.startswith("https://docs.aws.amazon.com/apigateway/")


def test_there_is_no_document_without_a_rule() -> None:
    assert {path.stem for path in DOCUMENTS.glob("*.yaml")} == set(RULES)


def test_an_empty_document_breaks_nothing() -> None:
    assert list(check(parse("openapi: 3.0.3"), RULES.values())) == []
