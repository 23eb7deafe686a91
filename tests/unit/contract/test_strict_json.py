from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.strict_json import MalformedText, dumps, loads, pointer, unescaped


def flaws(text: str | bytes) -> list[tuple[tuple[str | int, ...], str]]:
    with pytest.raises(MalformedText) as caught:
        loads(text if isinstance(text, bytes) else text.encode())
    return list(caught.value.flaws)


def test_integers_are_int_and_other_numbers_decimal() -> None:
    value = loads(b'{"a": 1, "b": 1.10, "c": 1e2, "d": true, "e": null, "f": "x", "g": [-0]}')
    assert repr(value) == (
        "{'a': 1, 'b': Decimal('1.10'), 'c': Decimal('1E+2'), 'd': True, 'e': None, 'f': 'x', 'g': [0]}"
    )


@pytest.mark.parametrize(
    "text", ["", " ", "{", "[1,]", "{'a': 1}", '{"a" 1}', "01", "+1", ".5", "1.", "tru", '"\t"', r'"\x"', "1 2", "[٧]"]
)
def test_what_is_no_json_is_refused_with_its_place(text: str) -> None:
    (flaw,) = flaws(text)
    assert flaw[0] == ()
    assert flaw[1].startswith("is not JSON (line 1, column ")


def test_white_space_around_a_value_is_json() -> None:
    assert loads(b" \r\n\t1 ") == 1


def test_every_flaw_is_told_with_its_place_in_the_order_of_the_document() -> None:
    text = r'{"a": [NaN, 1e400], "b": "\ud800", "c": {"d": 1, "d": 2, "e": 3}, "\udfff": 1, "e": -Infinity}'
    assert flaws(text) == [
        (("a", 0), "is not a JSON number"),
        (("a", 1), "is outside the range of a double-precision number"),
        (("b",), "is not valid Unicode text: it has half of a surrogate pair"),
        (("c", "d"), "is given more than once"),
        ((), "has a field whose name is not valid Unicode text"),
        (("e",), "is not a JSON number"),
    ]


def test_a_text_that_is_no_json_after_a_flaw_is_just_no_json() -> None:
    assert flaws("[NaN") == [((), "is not JSON (line 1, column 5)")]
    assert flaws('{"a": 1, "a": 2') == [((), "is not JSON (line 1, column 16)")]


def test_a_field_given_three_times_is_told_once() -> None:
    assert flaws('{"a": 1, "a": 2, "a": 3}') == [(("a",), "is given more than once")]


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_depth_is_counted_in_arrays_and_objects(opening: str, closing: str) -> None:
    def nested(depth: int) -> bytes:
        return (opening * depth + "1" + closing * depth).encode()

    loads(nested(64))
    assert flaws(nested(65)) == [((), "is nested more than 64 levels deep")]


def test_many_shallow_arrays_are_not_deep() -> None:
    assert loads(b"[" + b",".join([b"[]"] * 100) + b"]") == [[]] * 100


def test_brackets_in_a_text_are_not_depth() -> None:
    assert loads(b'"' + b"[" * 100 + b'"') == "[" * 100


def test_depth_beyond_the_interpreters_own_is_refused() -> None:
    assert flaws("[" * 100_000 + "]" * 100_000) == [((), "is nested more than 64 levels deep")]


def test_depth_beyond_the_interpreters_own_is_told_after_another_flaw_too() -> None:
    assert flaws("[NaN," + "[" * 100_000) == [((), "is nested more than 64 levels deep")]


def test_a_byte_order_mark_is_refused() -> None:
    assert flaws(b"\xef\xbb\xbf1") == [((), "begins with a byte order mark")]


@pytest.mark.parametrize("data", [b"\xff", b'"\xc0\x80"', b'"\xed\xa0\x80"', "1".encode("utf-16")])
def test_what_is_not_utf8_is_refused(data: bytes) -> None:
    assert flaws(data) == [((), "is not valid UTF-8")]


def test_an_error_never_repeats_the_text() -> None:
    with pytest.raises(MalformedText) as caught:
        loads(b'{"secret": nope}')
    assert "nope" not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    "number", ["79.77", "289.14", "0.01", "999999.99", "95", "0.1234567890123456789", "1E+30", "-0.5"]
)
def test_a_decimal_is_written_with_its_very_value(number: str) -> None:
    text = dumps([Decimal(number)])
    (value,) = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    assert value == Decimal(number)


@pytest.mark.parametrize("number", ["5", "-5", "0", "9007199254740993", "90106012127733.18"])
def test_a_decimal_is_written_with_the_digits_it_has(number: str) -> None:
    """An integer stays one (5.0 would break an integer's contract), and no digit is lost on the way over a double."""
    assert dumps(Decimal(number)) == number


def test_a_decimal_of_many_digits_does_not_change_the_rest() -> None:
    value: Any = {"é\n": (1, True, None, "ü"), "d": Decimal("12345678901234567890.123"), "e": Decimal("0.10")}
    assert dumps(value) == '{"é\\n":[1,true,null,"ü"],"d":12345678901234567890.123,"e":0.10}'


@pytest.mark.parametrize("number", ["NaN", "sNaN", "Infinity", "-Infinity", "NaN12345678901234567890"])
def test_what_json_has_no_number_for_is_refused(number: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (whichever of Python's own)
        dumps(Decimal(number))


def test_a_float_that_is_no_number_is_refused() -> None:
    value: Any = [float("nan")]
    with pytest.raises(ValueError, match="not JSON compliant"):
        dumps(value)


@pytest.mark.parametrize("value", [object(), {1, 2}, b"x", 1j])
def test_what_json_does_not_know_is_refused_by_its_type(value: Any) -> None:
    with pytest.raises(TypeError, match=rf"^a {type(value).__name__} is not JSON$"):
        dumps([value])


@pytest.mark.parametrize("more", [[], [Decimal("12345678901234567890.1")]])
def test_a_circle_is_refused(more: list[Any]) -> None:
    value: dict[str, Any] = {"more": more}
    value["itself"] = [value]
    with pytest.raises(ValueError, match="holds itself"):
        dumps(value)


def test_a_lone_surrogate_is_not_written() -> None:
    with pytest.raises(ValueError, match="surrogate"):
        dumps(["\ud800"])


@settings(deadline=None)
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(10**300), 10**300)
        | st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=25)
        | st.text(st.characters(exclude_categories=["Cs"])),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
        max_leaves=8,
    )
)
def test_what_is_written_reads_back_the_same(value: Any) -> None:
    assert loads(dumps(value).encode()) == value


@settings(deadline=None)
@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(MalformedText):
        assert loads(dumps(loads(data)).encode()) == loads(data)


@pytest.mark.parametrize(
    ("path", "expected"),
    [((), ""), (("a", 0), "/a/0"), (("a/b", "c~d", ""), "/a~1b/c~0d/"), (("~1",), "/~01")],
)
def test_a_pointer_is_escaped_by_rfc_6901(path: tuple[str | int, ...], expected: str) -> None:
    assert pointer(path) == expected
    assert [unescaped(step) for step in expected.split("/")[1:]] == [str(step) for step in path]
