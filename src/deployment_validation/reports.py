"""A validation's findings as text for a person, as JSON, and as JUnit's XML."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from xml.etree import ElementTree

from deployment_validation.check_log import Check, Latency, ValidationResult

_WORDS = {"passed": "ok", "failed": "FAIL", "skipped": "skip"}


def text(findings: ValidationResult) -> str:
    """A table, one block for each operation, and what it comes to in the last line."""
    return "\n".join(_lines(findings)) + "\n"


def _lines(findings: ValidationResult) -> Iterator[str]:
    yield f"{findings.title} {findings.version} at {findings.url}"
    for operation, checks in findings.by_operation():
        yield f"\n{operation}"
        for check in checks:
            yield from _check_lines(check)
    if findings.latencies:
        yield from _latency_lines(findings)
    yield ""
    yield from findings.notes
    yield from (f"Not called: {operation}: {reason}." for operation, reason in findings.not_called.items())
    counts = ", ".join(f"{findings.count(outcome)} {outcome}" for outcome in ("passed", "failed", "skipped"))
    missing = f"{len(findings.not_called)} not called" if findings.not_called else "all called"
    yield f"{len(findings.checks)} checks: {counts}; {findings.operations} operations: {missing}"


def _check_lines(check: Check) -> Iterator[str]:
    name = check.name + (f" ({check.reason})" if check.reason else "")
    yield f"  {_WORDS[check.outcome]:<4}  {name:<72} {check.milliseconds:>7.0f} ms".rstrip()
    for finding in check.findings:
        yield f"        {finding}"
    if check.findings and check.request_id:
        yield f"        request {check.request_id}"


def _latency_lines(findings: ValidationResult) -> Iterator[str]:
    yield f"\nmilliseconds, less {findings.distance:.1f} for the way there and back"
    yield f"  {'':<16}{'requests':>9}{'p50':>8}{'p95':>8}{'target':>8}{'first':>8}"
    for each in findings.latencies:
        yield _latency_line(each)


def _latency_line(each: Latency) -> str:
    target = "-" if each.target is None else f"{each.target:g}"
    return f"  {each.operation:<16}{each.requests:>9}{each.p50:>8.1f}{each.p95:>8.1f}{target:>8}{each.first:>8.1f}"


def as_json(findings: ValidationResult) -> str:
    """The same as data; `outcome` is that of the whole."""
    content = {
        "format": 1,
        "url": findings.url,
        "contract": {"title": findings.title, "version": findings.version},
        "outcome": "passed" if findings.passed else "failed",
        "writes": findings.writes,
        "counts": {outcome: findings.count(outcome) for outcome in ("passed", "failed", "skipped")},
        "checks": [_check(each) for each in findings.checks],
        "distanceMs": round(findings.distance, 3),
        "latencies": [_latency(each) for each in findings.latencies],
        "notes": list(findings.notes),
        "operations": findings.operations,
        "notCalled": dict(findings.not_called),
    }
    return json.dumps(content, indent=1) + "\n"


def _check(check: Check) -> dict[str, object]:
    findings = [
        {"in": each.place, "pointer": each.pointer, "keyword": each.keyword, "message": each.message}
        for each in check.findings
    ]
    return {
        "operation": check.operation,
        "name": check.name,
        "outcome": check.outcome,
        "findings": findings,
        "milliseconds": round(check.milliseconds, 3),
        "requestId": check.request_id,
        "reason": check.reason,
    }


def _latency(latency: Latency) -> dict[str, object]:
    return {name: round(value, 3) if isinstance(value, float) else value for name, value in asdict(latency).items()}


def as_junit(findings: ValidationResult) -> str:
    """One suite for each operation, and one of those that were not called."""
    root = ElementTree.Element("testsuites", name="validate_deployment")
    not_called = [Check(each, "it is called", "skipped", reason=why) for each, why in findings.not_called.items()]
    suites = [*findings.by_operation(), *([("not called", not_called)] if not_called else [])]
    for operation, checks in suites:
        suite = ElementTree.SubElement(root, "testsuite", {"name": operation, **_counts(checks)})
        for check in checks:
            _add_case(suite, check)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _counts(checks: list[Check]) -> dict[str, str]:
    def count(outcome: str) -> str:
        return str(sum(1 for each in checks if each.outcome == outcome))

    return {"tests": str(len(checks)), "failures": count("failed"), "skipped": count("skipped"), "errors": "0"}


def _add_case(suite: ElementTree.Element, check: Check) -> None:
    seconds = f"{check.milliseconds / 1000:.3f}"
    case = ElementTree.SubElement(suite, "testcase", classname=check.operation, name=check.name, time=seconds)
    if check.findings:
        lines = [str(each) for each in check.findings]
        ElementTree.SubElement(case, "failure", message=lines[0]).text = "\n".join(lines)
    elif check.outcome == "skipped":
        ElementTree.SubElement(case, "skipped", message=check.reason)
