from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from deployment_validation import reports
from deployment_validation.check_log import Check, Finding, Latency, ValidationResult

MISSING = Finding("header", "/ETag", "required", "is missing")
WRONG = Finding("body", "/product/price", "type", "is not valid against the contract")
FINDINGS = ValidationResult(
    url="https://api.example/dev",
    title="Things",
    version="1.2.3",
    writes=True,
    distance=12.34,
    checks=(
        Check("getThing", "a thing can be read", [MISSING, WRONG], 12.3456, "c6af9ac6-7b61"),
        Check("putThing", "it is <403>", reason="no token"),
        Check("getThing", "an unknown thing is a 404", milliseconds=5),
    ),
    latencies=(Latency("getThing", 20, 10.04, 20.06, 300.0, 100.0), Latency("putThing", 5, 1.0, 2.0, 3.0, None)),
    notes=("A word.",),
    not_called={"postThing": "a POST may write"},
    operations=3,
)


def test_the_table_has_a_block_for_each_operation_and_the_outcome_last() -> None:
    assert reports.text(FINDINGS).splitlines() == [
        "Things 1.2.3 at https://api.example/dev",
        "",
        "getThing",
        f"  FAIL  {'a thing can be read':<72}      12 ms",
        "        header /ETag: required: is missing",
        "        body /product/price: type: is not valid against the contract",
        "        request c6af9ac6-7b61",
        f"  ok    {'an unknown thing is a 404':<72}       5 ms",
        "",
        "putThing",
        f"  skip  {'it is <403> (no token)':<72}       0 ms",
        "",
        "milliseconds, less 12.3 for the way there and back",
        "                   requests     p50     p95  target   first",
        "  getThing               20    10.0    20.1     100   300.0",
        "  putThing                5     1.0     2.0       -     3.0",
        "",
        "A word.",
        "Not called: postThing: a POST may write.",
        "3 checks: 1 passed, 1 failed, 1 skipped; 3 operations: 1 not called",
    ]


def test_the_json_says_all_that_the_table_says() -> None:
    report = json.loads(reports.as_json(FINDINGS))
    assert report["outcome"] == "failed"
    assert report["counts"] == {"passed": 1, "failed": 1, "skipped": 1}
    assert report["contract"] == {"title": "Things", "version": "1.2.3"}
    assert report["checks"][0] == {
        "operation": "getThing",
        "name": "a thing can be read",
        "outcome": "failed",
        "findings": [
            {"in": "header", "pointer": "/ETag", "keyword": "required", "message": "is missing"},
            {
                "in": "body",
                "pointer": "/product/price",
                "keyword": "type",
                "message": "is not valid against the contract",
            },
        ],
        "milliseconds": 12.346,
        "requestId": "c6af9ac6-7b61",
        "reason": "",
    }
    assert report["latencies"][0] == {
        "operation": "getThing", "requests": 20, "p50": 10.04, "p95": 20.06, "first": 300.0, "target": 100.0
    }  # fmt: skip
    assert report["notes"] == ["A word."]
    assert (report["operations"], report["notCalled"]) == (3, {"postThing": "a POST may write"})


@pytest.mark.parametrize(
    ("check", "whole"),
    [
        (Check("getThing", "it works"), "passed"),
        (Check("getThing", "it works", reason="no token"), "passed"),
        (Check("getThing", "it works", [MISSING]), "failed"),
    ],
)
def test_only_a_failed_check_fails_the_whole(check: Check, whole: str) -> None:
    findings = replace(FINDINGS, checks=(check,))
    assert json.loads(reports.as_json(findings))["outcome"] == whole


def test_junit_has_a_suite_for_each_operation() -> None:
    root = ElementTree.fromstring(reports.as_junit(FINDINGS))
    suites = [(each.get("name"), each.get("tests"), each.get("failures"), each.get("skipped")) for each in root]
    assert suites == [
        ("getThing", "2", "1", "0"), ("putThing", "1", "0", "1"), ("not called", "1", "0", "1")
    ]  # fmt: skip
    [failure] = root.iter("failure")
    assert failure.text == f"{MISSING}\n{WRONG}"
    assert [each.get("message") for each in root.iter("skipped")] == ["no token", "a POST may write"]


def test_that_every_operation_was_called_is_said() -> None:
    assert reports.text(replace(FINDINGS, not_called={})).endswith("1 skipped; 3 operations: all called\n")
