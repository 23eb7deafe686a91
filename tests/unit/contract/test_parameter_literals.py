from __future__ import annotations

from decimal import Decimal

import pytest

from contract.parameters import literal_value
from contract.strict_json import OutOfRange, integer, number


@pytest.mark.parametrize("text", ["0", "-0", "7", "-12", "12345678901234567890"])
def test_an_integer_literal_is_read_exactly(text: str) -> None:
    assert literal_value(text, "integer") == int(text)


@pytest.mark.parametrize("text", ["", "+7", "1_0", " 7", "07", "7.0", "7e1", "٧", "½", "-", "seven"])
def test_what_is_no_integer_stays_text(text: str) -> None:
    assert literal_value(text, "integer") == text


@pytest.mark.parametrize("text", ["0", "0.10", "-1.5e-7", "1E+2", "0.1234567890123456789", "12345678901234567890.5"])
def test_a_number_literal_keeps_every_digit(text: str) -> None:
    value = literal_value(text, "number")
    assert isinstance(value, Decimal)
    assert str(value) == str(Decimal(text))


@pytest.mark.parametrize(
    "text", ["", ".5", "5.", "1e", "1e+", "+1", "01", "0x1", "1,5", "NaN", "Infinity", "1__0", "٧.٥"]
)
def test_what_is_no_number_stays_text(text: str) -> None:
    assert literal_value(text, "number") == text


@pytest.mark.parametrize(("text", "value"), [("true", True), ("false", False), ("True", "True"), ("", ""), ("1", "1")])
def test_a_boolean_is_true_or_false_exactly(text: str, value: bool | str) -> None:
    assert literal_value(text, "boolean") is value


@pytest.mark.parametrize("type_name", ["string", "any", "array", "object"])
def test_other_types_are_text(type_name: str) -> None:
    assert literal_value("5", type_name) == "5"


@pytest.mark.parametrize("text", ["1e309", "-1e309", "1e-400", "0.1e-99999999999999999999"])
def test_a_number_beyond_a_double_is_out_of_range(text: str) -> None:
    with pytest.raises(OutOfRange):
        number(text)
    assert literal_value(text, "number") == text


def test_an_integer_beyond_a_double_is_out_of_range() -> None:
    assert integer("9" * 308) == 10**308 - 1
    with pytest.raises(OutOfRange):
        integer("9" * 309)


@pytest.mark.parametrize("text", ["0e99999999999999999999", "0.00E-99999999999999999999", "-0e400"])
def test_a_zero_may_have_any_exponent(text: str) -> None:
    assert number(text) == 0


def test_the_smallest_double_is_in_range() -> None:
    assert number("5e-324") == Decimal("5e-324")
