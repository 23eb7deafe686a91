"""Traffic goes to the newest version, once, and whoever was rolled back is named."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from rollout.traffic_shift import Shift, Target, main


class Functions:
    """A fake of Lambda: aliases only."""

    def __init__(self, versions: dict[str, str]) -> None:
        self._versions = versions

    def get_alias(self, FunctionName: str, Name: str) -> dict[str, str]:
        assert Name == "live"
        return {"FunctionVersion": self._versions[FunctionName]}


class Alarms:
    """CloudWatch, in which the alarms named `on` are on."""

    def __init__(self, *on: str) -> None:
        self._on = on

    def describe_alarms(self, AlarmNames: list[str]) -> dict[str, Any]:
        return {
            "MetricAlarms": [{"AlarmName": n, "StateValue": "ALARM" if n in self._on else "OK"} for n in AlarmNames]
        }


class CodeDeploy:
    """CodeDeploy, in which the groups named `failing` roll back. Each watches two alarms."""

    def __init__(self, *failing: str) -> None:
        self._failing = failing
        self.started: list[dict[str, Any]] = []
        self.waited: list[str] = []

    def get_deployment_group(self, applicationName: str, deploymentGroupName: str) -> dict[str, Any]:
        alarms = [{"name": f"{deploymentGroupName}-{end}"} for end in ("failures", "5xx")]
        return {"deploymentGroupInfo": {"alarmConfiguration": {"enabled": True, "alarms": alarms}}}

    def create_deployment(self, **request: Any) -> dict[str, str]:
        self.started.append(request)
        return {"deploymentId": request["deploymentGroupName"]}

    def get_waiter(self, name: str) -> CodeDeploy:
        assert name == "deployment_successful"
        return self

    def wait(self, deploymentId: str) -> None:
        self.waited.append(deploymentId)
        if deploymentId in self._failing:
            raise WaiterError(name="deployment_successful", reason="rolled back", last_response={})


def target(name: str, version: str) -> Target:
    return Target("api", f"{name}-group", name, "live", version)


def test_an_alias_behind_its_function_is_shifted() -> None:
    codedeploy, said = CodeDeploy(), list[str]()
    assert Shift(codedeploy, Functions({"one": "3"}), Alarms(), said.append).run({"getOne": target("one", "4")}) == []
    [started] = codedeploy.started
    assert (started["applicationName"], started["deploymentGroupName"]) == ("api", "one-group")
    specification = json.loads(started["revision"]["appSpecContent"]["content"])
    assert specification["Resources"][0]["function"]["Properties"] == {
        "Name": "one",
        "Alias": "live",
        "CurrentVersion": "3",
        "TargetVersion": "4",
    }
    assert "overrideAlarmConfiguration" not in started
    assert said == ["one: from version 3 to 4", "getOne: done"]


def test_an_alarm_that_is_on_already_does_not_stop_the_version_that_mends_it() -> None:
    codedeploy, said = CodeDeploy(), list[str]()
    shift = Shift(codedeploy, Functions({"one": "3"}), Alarms("one-group-5xx"), said.append)
    assert shift.run({"getOne": target("one", "4")}) == []
    [started] = codedeploy.started
    assert started["overrideAlarmConfiguration"] == {"enabled": True, "alarms": [{"name": "one-group-failures"}]}
    assert "one-group-5xx is on already" in said[0]


def test_an_alias_at_its_newest_version_is_left_alone() -> None:
    codedeploy = CodeDeploy()
    assert (
        Shift(codedeploy, Functions({"one": "4"}), Alarms(), lambda _: None).run({"getOne": target("one", "4")}) == []
    )
    assert codedeploy.started == codedeploy.waited == []


def test_what_is_rolled_back_is_named_and_the_others_are_waited_for() -> None:
    codedeploy = CodeDeploy("one-group")
    shift = Shift(codedeploy, Functions({"one": "1", "two": "1"}), Alarms(), lambda _: None)
    assert shift.run({"getOne": target("one", "2"), "getTwo": target("two", "2")}) == ["getOne"]
    assert codedeploy.waited == ["one-group", "two-group"]


def test_where_terraform_moves_the_aliases_there_is_nothing_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("{}"))
    assert main() == 0
