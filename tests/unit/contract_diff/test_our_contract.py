"""Edits of our own contract, of the kind that slips through a review, and what is found of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract_compiler.document import Node, load, parse
from contract_diff.comparison import compare

CONTRACT = Path(__file__).parents[3] / "openapi/products.yaml"
NAME_LIMITS = "      minLength: 3\n      maxLength: 100\n"
FORMER = """\
        nextToken:
          description: Send it back to get the next page. Absent on the last page.
          allOf:
            - $ref: '#/components/schemas/NextToken'
          example: eyJ2IjoxfQ
"""
PRODUCT = (
    "      required: [productId, name, description, price, currency, period, features, active, createdAt, updatedAt]"
)
KEY = "      parameters:\n        - $ref: '#/components/parameters/IdempotencyKey'"
ID = "      operationId: getProduct\n      tags"
DECIMAL = "      type: number\n      x-decimal: true\n      minimum: 0.01"

EDITS = {
    "a name may be shorter": (
        NAME_LIMITS, NAME_LIMITS.replace("3", "2"),
        {"request-length-widened", "response-length-widened"},
    ),
    "a page has no next one": (FORMER, "", {"response-property-removed"}),
    "a product may lack its period": (PRODUCT, PRODUCT.replace(" period,", ""), {"response-property-optional"}),
    "a currency has to be sent": (
        "required: [name, description, price, period, features]",
        "required: [name, description, price, period, features, currency]", {"request-property-required"},
    ),
    "a violation may be in a cookie": (
        "enum: [body, query, path, header]", "enum: [body, query, path, header, cookie]", {"response-enum-widened"},
    ),
    "pages are smaller": ("        maximum: 100\n        default: 20", "        maximum: 50\n        default: 20",
                          {"request-range-narrowed"}),
    "pages are smaller unless asked for": ("        default: 20", "        default: 10", {"request-default-changed"}),
    "a body has fewer bytes": ("      x-max-bytes: 10240", "      x-max-bytes: 1024", {"request-size-narrowed"}),
    "fewer groups may write": ("[platform-admin, platform-super-admin]", "[platform-admin]", {"security-tightened"}),
    "everybody may create": (f"        - administrator: []\n{KEY}", f"        - {{}}\n{KEY}", {"security-loosened"}),
    "an ETag is weak": ("pattern: '^\"[0-9]+\"$'", "pattern: '^(W/)?\"[0-9]+\"$'", {"response-pattern-changed"}),
    "a page is cached for longer": ("enum: ['public, max-age=300']", "enum: ['public, max-age=900']",
                                    {"response-enum-widened", "response-enum-narrowed"}),
    "a description is better": ("summary: Get one product", "summary: Get a product", {"documentation-changed"}),
    "an operation is called otherwise": (ID, ID.replace("get", "read"), {"operation-id-changed"}),
    "prices may be whole only": (DECIMAL, "      type: integer\n      x-decimal: true\n      minimum: 1",
                                 {"request-type-narrowed", "request-range-narrowed", "response-type-narrowed",
                                  "response-range-narrowed"}),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_is_told_by_its_rules(name: str) -> None:
    text = CONTRACT.read_text(encoding="utf-8")
    before, after, expected = EDITS[name]
    assert before in text
    assert {change.rule for change in compare(load(CONTRACT), parse(text.replace(before, after, 1)))} == expected


def test_the_published_bundle_says_the_same() -> None:
    bundle = load(CONTRACT.parents[1] / "generated/products.json")
    assert compare(load(CONTRACT), bundle) == []
    assert compare(bundle, Node(bundle.value, (), bundle.value)) == []
