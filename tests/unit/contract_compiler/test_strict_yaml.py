"""YAML and JSON are read as JSON's values, and nothing else."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from contract_compiler.strict_yaml import UnreadableText, read


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: yes", {"a": "yes"}),
        ("a: 2020-01-01", {"a": "2020-01-01"}),
        ("a: 012", {"a": "012"}),
        ("a: 0x1f", {"a": "0x1f"}),
        ("a: .inf", {"a": ".inf"}),
        ("a: 'true'", {"a": "true"}),
        ("a: !!str 5", {"a": "5"}),
        ("a: [true, false, null, ~, ]", {"a": [True, False, None, None]}),
        ("a:", {"a": None}),
        ("200: {description: ok}", {"200": {"description": "ok"}}),
        ("a: &same {b: 1}\nc: *same", {"a": {"b": 1}, "c": {"b": 1}}),
        ('{"a": "\\ud83d\\ude00"}', {"a": "😀"}),
        ("{a: 1}", {"a": 1}),
        ("", None),
    ],
)
def test_only_the_types_of_json_are_known(text: str, value: Any) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    "text", ["[0.10, 1e3, 7, 99999999999999999999.1]", '{"a": [0.10, 1e3, 7, 99999999999999999999.1]}']
)
def test_numbers_are_exact(text: str) -> None:
    value = read(text)
    numbers = value if isinstance(value, list) else value["a"]
    assert [str(number) for number in numbers] == ["0.10", "1E+3", "7", "99999999999999999999.1"]
    assert [type(number) for number in numbers] == [Decimal, Decimal, int, Decimal]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\na: 2", "line 2, column 1: the key a is there twice"),
        ('{"a": {"b": 1, "b": 2}}', "the key b is there twice"),
        ("? [1]\n: 2", "a key must be text"),
        ("a: [", "line 1, column 5"),
        ("a: &loop [*loop]", "recursive"),
        ("a: !!python/object x", "is no type of JSON"),
        ("a: !!binary aGk=", "is no type of JSON"),
        ("a: !!set {b}", "is no type of JSON"),
        ("a: !!int x", "not what its tag says"),
        ("a: !!float x", "not what its tag says"),
        ("a: !!bool 1", "not what its tag says"),
        ("a: !!map [1]", "not what its tag says"),
        ("a: !!seq {b: 1}", "expected a sequence"),
        ('{"a": 1e99999999999999999999}', "line 1, column 7: .*too many digits"),
        ('{"a": NaN}', "NaN is no number"),
        ("a: \x00", "a character that no text may have"),
        ("a: " + "9" * 5000, "too many digits"),
        ('{"a": ' + "9" * 5000 + "}", "limit"),
        ("[" * 5000, "too deeply"),
        ('{"a": ' * 300 + "1" + "}" * 300, "too deeply"),
        ('{"a": "\\ud800"}', "half a character"),
        ('a: "\\UFFFFFFFF"', "line 1, column 7: .*no character"),
        ('b: 1\n"\\U80000000": 1', "line 2, column 4: .*no character"),
        ('{"a": "\\U00110000"}', "line 1, column 10: .*no character"),
        ("a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40)), "aliases"),
    ],
)
def test_what_json_cannot_say_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(UnreadableText, match=message):
        read(text)
