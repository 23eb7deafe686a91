from __future__ import annotations

import json

import pytest

from rehearsal.cloudwatch import MetricFilter, parse_pattern
from rehearsal.moto_server import NotMocked

FAILED = '{ ($.type = "platform.report") && ($.record.status != "success") }'
EITHER = '{ ($.message = "a") || ($.message = "b") }'


FAULT = '{ ($.message = "failed") || (($.message = "refused") && ($.status >= 500)) }'


def counted(pattern: str, line: object) -> bool:
    return parse_pattern(pattern)(line)


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
        ("{ $.status = 422 }", {"status": 422}, True),
        ("{ $.status = 422 }", {"status": "422"}, False),
        ("{ $.record.ms > 0 }", {"record": {"ms": 0.5}}, True),
        ("{ $.record.ms > 0 }", {"record": {"ms": 0}}, False),
        ("{ $.record.ms > 0 }", {"record": {}}, False),
        (FAULT, {"message": "failed"}, True),
        (FAULT, {"message": "refused", "status": 500}, True),
        (FAULT, {"message": "refused", "status": 499}, False),
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
    assert _filter('{ $.message != "fine" }').measured("START RequestId") is None


def test_a_value_and_dimensions_are_taken_from_the_line() -> None:
    measured = _filter("{ $.ms > 0 }", metricValue="$.ms", dimensions={"Version": "$.where.version"}).measured(
        json.dumps({"ms": 12.5, "where": {"version": "7"}})
    )
    assert measured is not None
    assert (measured.namespace, measured.name, measured.value) == ("api", "Failures", 12.5)
    assert measured.dimensions == {"Version": "7"}


@pytest.mark.parametrize(
    "pattern",
    [
        "ERROR",
        "[time, level]",
        "{ $.status < 500 }",
        '{ $.message = "handler*" }',
        '{ $.list[0] = "a" }',
        "{ $.message EXISTS }",
        '{ ($.a = "1") && ($.b = "2") || ($.c = "3") }',
        '{ $.a = "1" && $.b = "2" }',
        '{ ($.a = "1") && (($.b = "2") || ($.c = "3") }',
        "{ }",
        '%"a"%',
    ],
)
def test_a_pattern_that_could_be_misread_is_refused(pattern: str) -> None:
    with pytest.raises(NotMocked):
        parse_pattern(pattern)


def _filter(pattern: str, **more: object) -> MetricFilter:
    to = {"metricName": "Failures", "metricNamespace": "api", "metricValue": "1", **more}
    return MetricFilter({"filterPattern": pattern, "metricTransformations": [to]})
