"""Generated JSON is the same text for the same value, digit for digit."""

from __future__ import annotations

import json
from decimal import Decimal

from contract_compiler.output import json_text


def test_keys_are_sorted_and_every_member_has_its_line() -> None:
    assert json_text({"b": [1, {}], "a": [], "c": "é\n"}) == '{\n "a": [],\n "b": [\n  1,\n  {}\n ],\n "c": "é\\n"\n}\n'


def test_the_documents_order_is_kept_on_demand() -> None:
    assert json_text({"b": 1, "a": None}, sort_keys=False) == '{\n "b": 1,\n "a": null\n}\n'


def test_decimals_keep_their_digits() -> None:
    text = json_text([Decimal("0.10"), Decimal("1E+3"), Decimal("999999999999999999999.5"), True])
    assert "0.10" in text
    assert json.loads(text, parse_float=Decimal) == [
        Decimal("0.10"), Decimal("1E+3"), Decimal("999999999999999999999.5"), True,
    ]  # fmt: skip
