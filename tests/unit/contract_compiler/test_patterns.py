"""Patterns of ECMA-262, as the validator's engine reads them after translation."""

from __future__ import annotations

from time import process_time

import pytest
from jsonschema_rs import Draft202012Validator

from contract_compiler.patterns import PatternError, portability_faults, translate


def matches(pattern: str, text: str) -> bool:
    return Draft202012Validator({"pattern": translate(pattern)}).is_valid(text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"^\s$", "\ufeff"),
        (r"^\S$", "\x85"),
        (r"^[\D]$", "٧"),
        (r"^[^\d]$", "٧"),
        (r"^[\W]$", "é"),
        (r"\ba", "éa"),
        (r"é\B", "éé"),
        (r"^\0$", "\0"),
        (r"^[\b]$", "\b"),
        (r"^\cA\x41B$", "\x01AB"),
        (r"^\_\@\#$", "_@#"),
        (r"^[\_]$", "_"),
        (r"^a\/b\-c$", "a/b-c"),
        (r"^[[&~]+$", "[&~"),
        (r"^[\]\\]+$", "]\\"),
        (r"^(?:a|(?=b)b|(?!x)c|(?<=c)d|(?<!c)e)+$", "abcde"),
        (r"^(a)\1$", "aa"),
        (r"^a{1,2}?b*?$", "aab"),
        ("^.$", "é"),
        ("^.$", "😀"),
    ],
)
def test_a_pattern_matches_what_ecma_262_matches(pattern: str, text: str) -> None:
    assert matches(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"^\d$", "٧"),
        (r"^\w$", "é"),
        (r"^\s$", "\x85"),
        (r"^[^\W]$", "é"),
        ("^a$", "a\n"),
        ("^.$", "\r"),
        ("^.$", "\u2028"),
        ("^.$", "\n"),
        (r"\ba", "ba"),
    ],
)
def test_a_pattern_refuses_what_ecma_262_refuses(pattern: str, text: str) -> None:
    assert not matches(pattern, text)


@pytest.mark.parametrize(
    "pattern",
    [
        r"\p{L}", r"\Z", r"\A", r"\e", r"\é", r"\uD83D\uDE00", r"\x1", r"\k", "(?i)a", "(?P<n>a)", "(?<n>a)", "(?>a)",
        "(?#c)", "a++", "a{1}{2}", "a{,2}", "*a", "(*a)", "{", "}", "a\\", "[^]", "[]", "[a", "[a\\", "[a--b]", r"[\1]",
        r"[\B]",
    ],
)  # fmt: skip
def test_a_pattern_that_engines_read_differently_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        translate(pattern)


def test_a_portable_pattern_stays_as_it_is() -> None:
    pattern = r"^(PROD-[0-9]{3,59}|[^\u0000-\u001F~]+)$"
    assert translate(pattern) == pattern


def seconds(pattern: str) -> float:
    """The least time of this process, in five tries, for all that is said of a pattern."""
    times = []
    for _ in range(5):
        start = process_time()
        translate(pattern)
        list(portability_faults(pattern))
        times.append(process_time() - start)
    return min(times)


@pytest.mark.parametrize("part", ["[", r"[\d", "[a-z(?{1"])
def test_the_time_for_a_class_grows_with_its_length_and_not_with_the_square(part: str) -> None:
    # Sixteen times as long: sixteen times the time, or 256 times.
    assert seconds(f"[{part * 3200}]") < 64 * seconds(f"[{part * 200}]")
