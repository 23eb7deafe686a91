"""CloudWatch's metrics and alarms, minute by minute of a clock that stands still until it is advanced.

Alarms are the deployed ones, asked of the mocked account; what is measured comes from the functions, from the access
log and from the metric filters of the log groups.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

from __future__ import annotations

import ast
import json
import math
import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import Any

from rehearsal.cloudwatch_logs import LogGroups
from rehearsal.moto_server import MockedAws
from rehearsal.terraform import resources

_OPERATORS: dict[type[ast.AST], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
Value = float | None


class UnknownAlarm(Exception):
    """Exception for an alarm that uses what is not known here: to guess would be to trust it."""


class Metrics:
    """What was measured, by metric and minute.

    `minute` is now; `steady`: every minute before is taken to be like it. `slack`: by what durations are divided, for
    this machine does all at once what AWS does on many.
    """

    def __init__(self, slack: float = 4) -> None:
        self.minute = 0
        self.slack = slack
        self.steady = False
        self._values: defaultdict[tuple[object, ...], list[tuple[int, float]]] = defaultdict(list)
        self._lock = Lock()

    def put(self, namespace: str, name: str, dimensions: Mapping[str, str], value: float) -> None:
        with self._lock:
            self._values[_series(namespace, name, dimensions)].append((self.minute, value))

    def forget(self) -> None:
        with self._lock:
            self._values.clear()

    def statistic(self, metric: Mapping[str, Any], stat: str, start: int, end: int) -> Value:
        """Sum or a percentile such as p95 of the minutes from `start` to before `end`; None without data."""
        dimensions = {each["Name"]: each["Value"] for each in metric.get("Dimensions", ())}
        with self._lock:
            measured = self._values[_series(metric["Namespace"], metric["MetricName"], dimensions)]
            first, last = (self.minute, self.minute + 1) if self.steady else (start, end)
            values = sorted(value for minute, value in measured if first <= minute < last)
        if not values:
            return None
        if stat == "Sum":
            return sum(values) * ((end - start) if self.steady else 1)
        if stat.startswith("p"):
            return values[math.ceil(float(stat[1:]) / 100 * len(values)) - 1]
        raise UnknownAlarm(stat)


def _series(namespace: str, name: str, dimensions: Mapping[str, str]) -> tuple[object, ...]:
    return namespace, name, frozenset(dimensions.items())


class Watch:
    """Reads the logs into metrics, and evaluates which alarms are on. One at a time reads a deployment's logs."""

    def __init__(self, aws: MockedAws, logs: LogGroups, metrics: Metrics, state: Mapping[str, Any]) -> None:
        """`state` is Terraform's."""
        self._client = aws.client("cloudwatch")
        self._logs = logs
        self.metrics = metrics
        groups = resources(state, "aws_cloudwatch_log_group")
        self._access = groups["access"]["name"]
        [stage] = resources(state, "aws_api_gateway_stage").values()
        [api] = resources(state, "aws_api_gateway_rest_api").values()
        self._api = {"ApiName": api["name"], "Stage": stage["stage_name"]}
        self._read = {group["name"]: self._logs.length(group["name"]) for group in groups.values()}

    def collect(self) -> None:
        """Turns what was logged since the last time into this minute's measurements."""
        for group, start in self._read.items():
            end = self._read[group] = self._logs.length(group)
            for each in self._logs.measured(group, start, end):
                self.metrics.put(each.namespace, each.name, each.dimensions, each.value)
            if group == self._access:
                for line in self._logs.lines(group)[start:end]:
                    self._count_request(json.loads(line))

    def pass_minute(self) -> None:
        self.metrics.minute += 1

    def on(self, names: Iterable[str] | None = None) -> set[str]:
        """The alarms in alarm now, of these or of all. Raises UnknownAlarm."""
        wanted = {} if names is None else {"AlarmNames": list(names)}
        pages = self._client.get_paginator("describe_alarms").paginate(**wanted)
        return {each["AlarmName"] for page in pages for each in page["MetricAlarms"] if in_alarm(each, self.metrics)}

    def _count_request(self, line: Mapping[str, str]) -> None:
        """As API Gateway counts: for the whole stage, and for each method.

        https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
        """
        method = {**self._api, "Method": line["httpMethod"], "Resource": line["resourcePath"]}
        status = int(line["status"])
        for dimensions in (self._api, method):
            for name, value in (
                ("Count", 1.0),
                ("4XXError", float(400 <= status < 500)),
                ("5XXError", float(status >= 500)),
                ("Latency", float(line["responseLatency"]) / self.metrics.slack),
            ):
                self.metrics.put("AWS/ApiGateway", name, dimensions, value)


def in_alarm(alarm: Mapping[str, Any], metrics: Metrics) -> bool:
    """Whether an alarm, as DescribeAlarms has it, is on now. Raises UnknownAlarm."""
    if alarm["ComparisonOperator"] != "GreaterThanThreshold" or alarm["TreatMissingData"] != "notBreaching":
        raise UnknownAlarm(alarm["AlarmName"])
    queries = alarm["Metrics"]
    [minutes] = {each["MetricStat"]["Period"] // 60 for each in queries if "MetricStat" in each}
    [returned] = [each["Expression"] for each in queries if each.get("ReturnData") and "Expression" in each]
    breaching = 0
    for period in range(alarm["EvaluationPeriods"]):
        end = metrics.minute + 1 - period * minutes
        values = {
            each["Id"]: metrics.statistic(each["MetricStat"]["Metric"], each["MetricStat"]["Stat"], end - minutes, end)
            for each in queries
            if "MetricStat" in each
        }
        value = evaluate(returned, values)
        breaching += value is not None and value > alarm["Threshold"]
    return breaching >= int(alarm.get("DatapointsToAlarm", alarm["EvaluationPeriods"]))


def evaluate(expression: str, values: Mapping[str, Value]) -> Value:
    """The result of a metric math expression for one period, None when it has none. Raises UnknownAlarm.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
    """
    result = _evaluated(ast.parse(expression, mode="eval").body, values)
    if isinstance(result, list):
        raise UnknownAlarm(expression)
    return result


def _evaluated(node: ast.expr, values: Mapping[str, Value]) -> Value | list[Value]:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name) if name in values:
            return values[name]
        case ast.BinOp(left=left, op=op, right=right) | ast.Compare(left=left, ops=[op], comparators=[right]):
            return _calculated(op, _evaluated(left, values), _evaluated(right, values))
        case ast.Call(func=ast.Name(id="METRICS"), args=[]):
            return list(values.values())
        case ast.Call(func=ast.Name(id="IF"), args=[condition, then, otherwise]):
            decided = _evaluated(condition, values)
            return None if decided is None else _evaluated(then if decided else otherwise, values)
        case ast.Call(func=ast.Name(id=name), args=[first, *rest]):
            return _of_series(name, _evaluated(first, values), rest)
    raise UnknownAlarm(ast.unparse(node))


def _of_series(name: str, found: Value | list[Value], rest: list[ast.expr]) -> Value | list[Value]:
    """FILL(series, number) and SUM(series), of one series or of several."""
    match name, rest:
        case "FILL", [ast.Constant(value=int() as instead)]:
            return [_filled(each, instead) for each in found] if isinstance(found, list) else _filled(found, instead)
        case "SUM", []:
            present = [each for each in (found if isinstance(found, list) else [found]) if each is not None]
            return sum(present) if present else None
    raise UnknownAlarm(name)


def _filled(value: Value, instead: int) -> float:
    return float(instead) if value is None else value


def _calculated(op: ast.AST, left: Value | list[Value], right: Value | list[Value]) -> Value:
    if isinstance(left, list) or isinstance(right, list) or type(op) not in _OPERATORS:
        raise UnknownAlarm(type(op).__name__)
    if left is None or right is None or (isinstance(op, ast.Div) and right == 0):
        return None
    return float(_OPERATORS[type(op)](left, right))
