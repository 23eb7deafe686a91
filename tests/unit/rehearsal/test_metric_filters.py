from __future__ import annotations

import json

import pytest

from rehearsal.metric_filters import MetricFilter, UnknownPattern

FAILED = '{ ($.type = "platform.report") && ($.record.status != "success") }'
EITHER = '{ ($.message = "a") || ($.message = "b") }'


def counted(pattern: str, line: object) -> bool:
    return MetricFilter.parse(pattern).matches(json.dumps(line))


@pytest.mark.parametrize(
    ("pattern", "line", "expected"),
    [
        ('{ $.message = "broken" }', {"message": "broken"}, True),
        ('{ $.message = "broken" }', {"message": "broken again"}, False),
        ('{ $.message != "fine" }', {"message": "broken"}, True),
        (EITHER, {"message": "a"}, True),
        (EITHER, {"message": "b"}, True),
        (EITHER, {"message": "c"}, False),
        (FAILED, {"type": "platform.report", "record": {"status": "timeout"}}, True),
        (FAILED, {"type": "platform.report", "record": {"status": "success"}}, False),
        (FAILED, {"type": "platform.start", "record": {"status": "timeout"}}, False),
    ],
)
def test_a_line_is_counted_when_its_fields_are_as_the_pattern_has_them(
    pattern: str, line: object, expected: bool
) -> None:
    assert counted(pattern, line) is expected


@pytest.mark.parametrize("line", [{}, {"record": {}}, {"record": "text"}, [], "text", None, 1])
def test_a_field_that_is_not_there_is_not_even_unequal(line: object) -> None:
    assert not counted('{ $.record.status != "success" }', line)


def test_a_line_that_is_no_json_is_never_counted() -> None:
    assert not MetricFilter.parse('{ $.message != "fine" }').matches("START RequestId")


@pytest.mark.parametrize(
    "pattern",
    [
        "ERROR",
        "[time, level]",
        "{ $.status = 500 }",
        '{ $.message = "handler*" }',
        '{ $.list[0] = "a" }',
        "{ $.message EXISTS }",
        '{ ($.a = "1") && ($.b = "2") || ($.c = "3") }',
        '{ $.a = "1" && $.b = "2" }',
        '{ ($.a = "1") && (($.b = "2") || ($.c = "3")) }',
        "{ }",
        '%"a"%',
    ],
)
def test_a_pattern_that_could_be_misread_is_refused(pattern: str) -> None:
    with pytest.raises(UnknownPattern):
        MetricFilter.parse(pattern)
