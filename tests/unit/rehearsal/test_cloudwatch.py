"""Alarms and metric filters as CloudWatch evaluates them: periods, shares, missing data, metric math, patterns."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rehearsal.cloudwatch import LogGroups, MetricFilter, Metrics, Watch, evaluate, in_alarm, parse_pattern
from rehearsal.moto_server import MockedAws, NotMocked

FUNCTION = {"FunctionName": "f"}


def alarm(expression: str, stat: str = "Sum", period: int = 60, **settings: Any) -> dict[str, Any]:
    dimensions = [{"Name": name, "Value": value} for name, value in FUNCTION.items()]
    metrics = {
        name.lower(): {"Namespace": "AWS/Lambda", "MetricName": name, "Dimensions": dimensions}
        for name in ("Errors", "Invocations")
    }
    return {
        "AlarmName": "a",
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
        "EvaluationPeriods": 1,
        "Threshold": 0,
        "Metrics": [
            {"Id": "value", "Expression": expression, "ReturnData": True},
            *(
                {"Id": name, "MetricStat": {"Metric": metric, "Stat": stat, "Period": period}}
                for name, metric in metrics.items()
            ),
        ],
        **settings,
    }


def measured(*minutes: tuple[float, ...]) -> Metrics:
    """Errors, minute by minute; now is the last one."""
    metrics = Metrics()
    for number, values in enumerate(minutes):
        metrics.minute = number
        for value in values:
            metrics.put("AWS/Lambda", "Errors", FUNCTION, value)
    return metrics


@pytest.mark.parametrize(
    ("expression", "values", "expected"),
    [
        ("100 * errors / requests", {"errors": 1.0, "requests": 4.0}, 25),
        ("100 * errors / requests", {"errors": 0.0, "requests": 0.0}, None),
        ("100 * errors / requests", {"errors": None, "requests": 4.0}, None),
        ("SUM(METRICS())", {"a": 1.0, "b": None}, 1),
        ("SUM(METRICS())", {"a": None, "b": None}, None),
        ("SUM(FILL(METRICS(), 0))", {"a": None, "b": None}, 0),
        ("FILL(a, 0)", {"a": None}, 0),
        ("IF(a > 1, 100 * a / b, 0)", {"a": 2.0, "b": 4.0}, 50),
        ("IF(a > 1, 100 * a / b, 0)", {"a": 1.0, "b": 4.0}, 0),
        ("IF(a >= 20, b, 0)", {"a": None, "b": 4.0}, None),
    ],
)
def test_metric_math(expression: str, values: dict[str, float | None], expected: float | None) -> None:
    assert evaluate(expression, values) == expected


@pytest.mark.parametrize("expression", ["ANOMALY_DETECTION_BAND(a)", "a - 1", "b", "METRICS()", "FILL(a, REPEAT)"])
def test_an_expression_that_could_be_misread_is_refused(expression: str) -> None:
    with pytest.raises(NotMocked):
        evaluate(expression, {"a": 1.0})


def test_one_failure_is_enough_and_none_is_not() -> None:
    assert in_alarm(alarm("SUM(METRICS())"), measured((1,)))
    assert not in_alarm(alarm("SUM(METRICS())"), measured((0,)))


def test_no_data_is_no_failure() -> None:
    assert not in_alarm(alarm("SUM(METRICS())"), measured(()))


def test_what_is_over_is_over() -> None:
    assert not in_alarm(alarm("SUM(METRICS())"), measured((1,), ()))


@pytest.mark.parametrize(("minutes", "on"), [(((300,), (300,), ()), True), (((300,), (), ()), False)])
def test_two_of_three_minutes(minutes: tuple[tuple[float, ...], ...], on: bool) -> None:
    slow = alarm("FILL(errors, 0)", "p95", EvaluationPeriods=3, DatapointsToAlarm=2, Threshold=250)
    assert in_alarm(slow, measured(*minutes)) is on


def test_a_percentile_of_many_leaves_the_few_out() -> None:
    slow = alarm("FILL(errors, 0)", "p95", Threshold=250)
    assert not in_alarm(slow, measured((10.0,) * 99 + (300.0,)))
    assert in_alarm(slow, measured((10.0,) * 90 + (300.0,) * 10))


def test_in_a_steady_state_every_minute_is_like_this_one() -> None:
    metrics = measured((1,))
    often = alarm("SUM(METRICS())", period=300, EvaluationPeriods=12, DatapointsToAlarm=2, Threshold=4)
    assert not in_alarm(often, metrics)
    metrics.steady = True
    assert in_alarm(often, metrics)


def test_an_alarm_that_takes_silence_for_failure_is_not_played() -> None:
    with pytest.raises(NotMocked):
        in_alarm(alarm("SUM(METRICS())", TreatMissingData="breaching"), measured((1,)))


def managed(kind: str, key: str, **attributes: str) -> dict[str, Any]:
    return {"mode": "managed", "type": kind, "name": key, "instances": [{"attributes": attributes}]}


STATE = {
    "resources": [
        managed("aws_cloudwatch_log_group", "access", name="/access"),
        managed("aws_cloudwatch_log_group", "getOne", name="/aws/lambda/one"),
        managed("aws_api_gateway_stage", "this", stage_name="dev"),
        managed("aws_api_gateway_rest_api", "this", name="api"),
    ]
}
STAGE = [{"Name": "ApiName", "Value": "api"}, {"Name": "Stage", "Value": "dev"}]
METHOD = [*STAGE, {"Name": "Method", "Value": "GET"}, {"Name": "Resource", "Value": "/things"}]


def test_new_lines_are_measured_by_their_groups_filters_and_requests_as_the_gateway_counts_them() -> None:
    with MockedAws("eu-west-1") as aws:
        client, logs, metrics = aws.client("logs"), LogGroups(aws), Metrics(slack=4)
        for group in ("/access", "/aws/lambda/one"):
            client.create_log_group(logGroupName=group)
        transformation = {"metricName": "Failures", "metricNamespace": "api", "metricValue": "1"}
        client.put_metric_filter(
            logGroupName="/aws/lambda/one",
            filterName="failures",
            filterPattern='{ $.message = "failed" }',
            metricTransformations=[transformation],
        )
        failed = '{"message": "failed"}'
        logs.write("/aws/lambda/one", failed)
        watch = Watch(aws, logs, metrics, STATE)
        for line in (failed, failed, "no JSON"):
            logs.write("/aws/lambda/one", line)
        request = {"httpMethod": "GET", "resourcePath": "/things", "status": "503", "responseLatency": "80"}
        logs.write("/access", json.dumps(request))
        watch.collect()
        watch.collect()

    def of(namespace: str, name: str, stat: str = "Sum", dimensions: Any = ()) -> float | None:
        metric = {"Namespace": namespace, "MetricName": name, "Dimensions": dimensions}
        return metrics.statistic(metric, stat, 0, 1)

    assert of("api", "Failures") == 2
    for dimensions in (STAGE, METHOD):
        counted = [of("AWS/ApiGateway", name, "Sum", dimensions) for name in ("Count", "4XXError", "5XXError")]
        assert counted == [1, 0, 1]
        assert of("AWS/ApiGateway", "Latency", "p95", dimensions) == 20


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
