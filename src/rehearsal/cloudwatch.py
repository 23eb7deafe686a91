"""CloudWatch: log groups with the deployed metric filters, and metrics and alarms by a clock that is advanced by hand.

Filters and alarms are asked of the mocked account; what is measured comes from the functions, from the access log and
from the metric filters. Only what the stack uses of filter patterns and of metric math is known: anything else is
refused, for what is misread here would be trusted there.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

from __future__ import annotations

import ast
import json
import math
import operator
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from threading import Lock
from typing import Any, NamedTuple

from rehearsal.moto_server import MockedAws, NotMocked
from rehearsal.terraform import resources

Matches = Callable[[Any], bool]
# A comparison of a field with a text or with a number, or what stands between comparisons.
_TOKEN = re.compile(
    r'\s*(?:\$(?P<field>(?:\.[A-Za-z_]\w*)+)\s*(?:(?P<equal>!?=)\s*"(?P<text>[^"\\*]*)"'
    r"|(?P<order>=|>=|>)\s*(?P<number>\d+))|(?P<mark>&&|\|\||[()]))\s*"
)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {"=": operator.eq, ">=": operator.ge, ">": operator.gt}
_JOINTS: dict[str, Callable[[Iterable[bool]], bool]] = {"&&": all, "||": any}


class Measured(NamedTuple):
    """A value of a metric, as a log line has it. `dimensions` by name."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    value: float


class MetricFilter:
    """A metric filter, as DescribeMetricFilters has it."""

    def __init__(self, described: Mapping[str, Any]) -> None:
        """Raises NotMocked."""
        [self._to] = described["metricTransformations"]
        self._matches = parse_pattern(described["filterPattern"])

    def measured(self, line: str) -> Measured | None:
        """The value that a log line adds to the metric: None when the line does not match, or is no JSON."""
        try:
            content = json.loads(line)
        except ValueError:
            return None
        if not self._matches(content):
            return None
        to, value = self._to, self._to["metricValue"]
        dimensions = {name: str(_selected(content, each)) for name, each in (to.get("dimensions") or {}).items()}
        number = float(_selected(content, value) if value.startswith("$") else value)
        return Measured(to["metricNamespace"], to["metricName"], dimensions, number)


class LogGroups:
    """Log lines by log group, in memory. Filters are those of the mocked account."""

    def __init__(self, aws: MockedAws) -> None:
        self._client = aws.client("logs")
        self._lines: defaultdict[str, list[str]] = defaultdict(list)
        self._lock = Lock()

    def write(self, group: str, line: str) -> None:
        with self._lock:
            self._lines[group].append(line)

    def lines(self, group: str, start: int = 0) -> list[str]:
        with self._lock:
            return self._lines[group][start:]

    def measured(self, group: str, lines: Iterable[str]) -> Iterator[Measured]:
        """The values that lines add to metrics by the group's filters. Raises NotMocked."""
        found = self._client.describe_metric_filters(logGroupName=group)["metricFilters"]
        filters = [MetricFilter(each) for each in found]
        return (value for line in lines for each in filters if (value := each.measured(line)))

    def metrics(self, group: str, start: int = 0) -> Counter[str]:
        """Counts of each metric in the lines from `start` on. Raises NotMocked."""
        return Counter(each.name for each in self.measured(group, self.lines(group, start)))


def parse_pattern(pattern: str) -> Matches:
    """A test of JSON values by a filter pattern for JSON. Raises NotMocked."""
    inner = re.fullmatch(r"\s*\{(.*)\}\s*", pattern, re.DOTALL)
    tokens = list(_TOKEN.finditer(inner[1])) if inner else []
    read = len("".join(each[0] for each in tokens))
    try:
        matches = _expression(tokens)
    except (IndexError, ValueError):
        raise NotMocked(pattern) from None
    if inner is None or read != len(inner[1]) or tokens:
        raise NotMocked(pattern)
    return matches


def _expression(tokens: list[re.Match[str]]) -> Matches:
    """A comparison, or parts in parentheses with one kind of joint between them. Takes what it has read from `tokens`.

    Raises IndexError when there are too few, and ValueError for one that does not belong there.
    """
    token = tokens.pop(0)
    if token["field"]:
        return _comparison(token)
    terms, joints = [], []
    while True:
        terms.append(_expression(tokens))
        if token["mark"] != "(" or tokens.pop(0)["mark"] != ")":
            raise ValueError("no part in parentheses")
        if not tokens or tokens[0]["mark"] not in _JOINTS:
            break
        joints.append(tokens.pop(0)["mark"])
        token = tokens.pop(0)
    [joint] = set(joints)
    return lambda line: _JOINTS[joint](term(line) for term in terms)


def _comparison(token: re.Match[str]) -> Matches:
    selector, text = f"${token['field']}", token["text"]
    if text is not None:
        wanted = token["equal"] == "="
        return lambda line: (value := _selected(line, selector)) is not None and (value == text) is wanted
    compare, number = _COMPARE[token["order"]], float(token["number"])
    return lambda line: isinstance(value := _selected(line, selector), int | float) and compare(value, number)


def _selected(line: Any, selector: str) -> Any:
    """The value at `$.a.b`; None when the selector leads nowhere, which compares to nothing, not even as unequal."""
    for name in selector.split(".")[1:]:
        if not isinstance(line, dict) or name not in line:
            return None
        line = line[name]
    return line


_OPERATORS: dict[type[ast.AST], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
Value = float | None


class Metrics:
    """Measurements by metric and minute.

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
            self._values[namespace, name, frozenset(dimensions.items())].append((self.minute, value))

    def forget(self) -> None:
        with self._lock:
            self._values.clear()

    def statistic(self, metric: Mapping[str, Any], stat: str, start: int, end: int) -> Value:
        """Sum or a percentile such as p95 of the minutes from `start` to before `end`; None without data."""
        dimensions = frozenset((each["Name"], each["Value"]) for each in metric.get("Dimensions", ()))
        with self._lock:
            measured = self._values[metric["Namespace"], metric["MetricName"], dimensions]
            first, last = (self.minute, self.minute + 1) if self.steady else (start, end)
            values = sorted(value for minute, value in measured if first <= minute < last)
        if not values:
            return None
        if stat == "Sum":
            return sum(values) * ((end - start) if self.steady else 1)
        if stat.startswith("p"):
            return values[math.ceil(float(stat[1:]) / 100 * len(values)) - 1]
        raise NotMocked(stat)


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
        self._read = {group["name"]: len(self._logs.lines(group["name"])) for group in groups.values()}

    def collect(self) -> None:
        """Turns what was logged since the last time into this minute's measurements."""
        for group, start in self._read.items():
            lines = self._logs.lines(group, start)
            self._read[group] += len(lines)
            for each in self._logs.measured(group, lines):
                self.metrics.put(*each)
            if group == self._access:
                for line in lines:
                    self._count_request(json.loads(line))

    def on(self, names: Iterable[str] | None = None) -> set[str]:
        """The alarms in alarm now, of these or of all. Raises NotMocked."""
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
    """Whether an alarm, as DescribeAlarms has it, is on now. Raises NotMocked."""
    if alarm["ComparisonOperator"] != "GreaterThanThreshold" or alarm["TreatMissingData"] != "notBreaching":
        raise NotMocked(alarm["AlarmName"])
    queries = {each["Id"]: each["MetricStat"] for each in alarm["Metrics"] if "MetricStat" in each}
    [minutes] = {each["Period"] // 60 for each in queries.values()}
    [returned] = [each["Expression"] for each in alarm["Metrics"] if each.get("ReturnData") and "Expression" in each]
    breaching = 0
    for period in range(alarm["EvaluationPeriods"]):
        end = metrics.minute + 1 - period * minutes
        values = {
            name: metrics.statistic(each["Metric"], each["Stat"], end - minutes, end) for name, each in queries.items()
        }
        value = evaluate(returned, values)
        breaching += value is not None and value > alarm["Threshold"]
    return breaching >= int(alarm.get("DatapointsToAlarm", alarm["EvaluationPeriods"]))


def evaluate(expression: str, values: Mapping[str, Value]) -> Value:
    """The result of a metric math expression for one period, None when it has none. Raises NotMocked.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
    """
    result = _evaluated(ast.parse(expression, mode="eval").body, values)
    if isinstance(result, list):
        raise NotMocked(expression)
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
        case ast.Call(func=ast.Name(id=name), args=[series, *rest]):
            return _of_series(name, _evaluated(series, values), rest)
    raise NotMocked(ast.unparse(node))


def _of_series(name: str, found: Value | list[Value], rest: list[ast.expr]) -> Value | list[Value]:
    """FILL(series, number) and SUM(series), of one series or of several."""
    several = found if isinstance(found, list) else [found]
    match name, rest:
        case "FILL", [ast.Constant(value=int() as instead)]:
            filled: list[Value] = [float(instead) if each is None else each for each in several]
            return filled if isinstance(found, list) else filled[0]
        case "SUM", []:
            present = [each for each in several if each is not None]
            return sum(present) if present else None
    raise NotMocked(name)


def _calculated(op: ast.AST, left: Value | list[Value], right: Value | list[Value]) -> Value:
    if isinstance(left, list) or isinstance(right, list) or type(op) not in _OPERATORS:
        raise NotMocked(type(op).__name__)
    if left is None or right is None or (isinstance(op, ast.Div) and right == 0):
        return None
    return float(_OPERATORS[type(op)](left, right))
