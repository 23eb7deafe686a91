"""A validation's findings as text for a person, as JSON, and as JUnit's XML."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from xml.etree import ElementTree

from deployment_validation.check_log import Check, Outcome, ValidationResult

_WORDS = {"passed": "ok", "failed": "FAIL", "skipped": "skip"}
_OUTCOMES: tuple[Outcome, ...] = ("passed", "failed", "skipped")


def text(findings: ValidationResult) -> str:
    """A table, one block for each operation, and what it comes to in the last line."""
    return "\n".join(_lines(findings)) + "\n"


def _lines(findings: ValidationResult) -> Iterator[str]:
    yield f"{findings.title} {findings.version} at {findings.url}"
    for operation, checks in findings.by_operation():
        yield f"\n{operation}"
        for check in checks:
            name = check.name + (f" ({check.reason})" if check.reason else "")
            yield f"  {_WORDS[check.outcome]:<4}  {name:<72} {check.milliseconds:>7.0f} ms".rstrip()
            yield from (f"        {finding}" for finding in check.findings)
            if check.findings and check.request_id:
                yield f"        request {check.request_id}"
    if findings.latencies:
        yield f"\nmilliseconds, less {findings.distance:.1f} for the way there and back"
        yield f"  {'':<16}{'requests':>9}{'p50':>8}{'p95':>8}{'target':>8}{'first':>8}"
    for each in findings.latencies:
        target = "-" if each.target is None else f"{each.target:g}"
        yield f"  {each.operation:<16}{each.requests:>9}{each.p50:>8.1f}{each.p95:>8.1f}{target:>8}{each.first:>8.1f}"
    yield ""
    yield from findings.notes
    yield from (f"Not called: {operation}: {reason}." for operation, reason in findings.not_called.items())
    counts = ", ".join(f"{findings.count(outcome)} {outcome}" for outcome in _OUTCOMES)
    missing = f"{len(findings.not_called)} not called" if findings.not_called else "all called"
    yield f"{len(findings.checks)} checks: {counts}; {findings.operations} operations: {missing}"


def as_json(findings: ValidationResult) -> str:
    """The same as data; `outcome` is that of the whole."""
    content = {
        "format": 1,
        "url": findings.url,
        "contract": {"title": findings.title, "version": findings.version},
        "outcome": "passed" if findings.passed else "failed",
        "writes": findings.writes,
        "counts": {outcome: findings.count(outcome) for outcome in _OUTCOMES},
        "checks": [_check(each) for each in findings.checks],
        "distanceMs": round(findings.distance, 3),
        "latencies": [
            {name: round(value, 3) if isinstance(value, float) else value for name, value in asdict(each).items()}
            for each in findings.latencies
        ],
        "notes": list(findings.notes),
        "operations": findings.operations,
        "notCalled": dict(findings.not_called),
    }
    return json.dumps(content, indent=1) + "\n"


def _check(check: Check) -> dict[str, object]:
    return {
        "operation": check.operation,
        "name": check.name,
        "outcome": check.outcome,
        "findings": [
            {"in": each.place, "pointer": each.pointer, "keyword": each.keyword, "message": each.message}
            for each in check.findings
        ],
        "milliseconds": round(check.milliseconds, 3),
        "requestId": check.request_id,
        "reason": check.reason,
    }


def as_junit(findings: ValidationResult) -> str:
    """One suite for each operation, and one of those that were not called."""
    root = ElementTree.Element("testsuites", name="validate_deployment")
    not_called = [Check(each, "it is called", reason=why) for each, why in findings.not_called.items()]
    for operation, checks in (*findings.by_operation(), *([("not called", not_called)] if not_called else [])):
        outcomes = [check.outcome for check in checks]
        failures, skipped = str(outcomes.count("failed")), str(outcomes.count("skipped"))
        counts = {"tests": str(len(checks)), "failures": failures, "skipped": skipped, "errors": "0"}
        suite = ElementTree.SubElement(root, "testsuite", {"name": operation, **counts})
        for check in checks:
            seconds = f"{check.milliseconds / 1000:.3f}"
            case = ElementTree.SubElement(suite, "testcase", classname=check.operation, name=check.name, time=seconds)
            lines = [str(each) for each in check.findings]
            if lines:
                ElementTree.SubElement(case, "failure", message=lines[0]).text = "\n".join(lines)
            elif check.outcome == "skipped":
                ElementTree.SubElement(case, "skipped", message=check.reason)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"
