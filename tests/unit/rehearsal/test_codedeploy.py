"""Deployments as CodeDeploy makes them: by degrees, watched by alarms, and back at the first that goes off."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from rehearsal.codedeploy import CodeDeploy
from rehearsal.moto_server import NotMocked
from rollout.traffic_shift import Shift, Target

CANARY = "CodeDeployDefault.LambdaCanary10Percent5Minutes"
ALARMS = {"enabled": True, "alarms": [{"name": "one-failures"}, {"name": "one-5xx"}]}
TARGET = Target("api", "one-group", "one", "live", "2")


class Aws:
    """Lambda and CodeDeploy with one function at version 1, and its deployment group. `moved` is how the alias went."""

    def __init__(self, configuration: str = CANARY, alarms: dict[str, Any] = ALARMS) -> None:
        self._group = {"deploymentConfigName": configuration, "alarmConfiguration": alarms}
        self.moved: list[tuple[str, dict[str, float]]] = []

    def client(self, service: str) -> Aws:
        return self

    def get_deployment_group(self, **_: str) -> dict[str, Any]:
        return {"deploymentGroupInfo": self._group}

    def create_deployment(self, **_: Any) -> dict[str, str]:
        return {"deploymentId": "d-1"}

    def get_alias(self, **_: str) -> dict[str, str]:
        return {"FunctionVersion": "1"}

    def update_alias(self, FunctionVersion: str, RoutingConfig: dict[str, Any], **alias: str) -> None:
        assert alias == {"FunctionName": "one", "Name": "live"}
        self.moved.append((FunctionVersion, RoutingConfig["AdditionalVersionWeights"]))


class Watch:
    """Alarms of which those in `on_in` go off in that minute."""

    def __init__(self, **on_in: int) -> None:
        self.metrics = SimpleNamespace(minute=0)
        self._on_in = {f"one-{name}": minute for name, minute in on_in.items()}

    def collect(self) -> None:
        """There is nothing to read."""

    def on(self, names: list[str]) -> set[str]:
        return {name for name in names if self._on_in.get(name) == self.metrics.minute}


class Alarms:
    """CloudWatch, in which the alarms named `on` are on before the shift begins."""

    def __init__(self, *on: str) -> None:
        self._on = on

    def describe_alarms(self, AlarmNames: list[str]) -> dict[str, Any]:
        return {
            "MetricAlarms": [{"AlarmName": n, "StateValue": "ALARM" if n in self._on else "OK"} for n in AlarmNames]
        }


def shifted(aws: Any, watch: Any, alarms: Any = None) -> tuple[CodeDeploy, list[str], int]:
    """After a shift: CodeDeploy, what it rolled back, and how often traffic was asked for."""
    minutes: list[int] = []
    codedeploy = CodeDeploy(aws, watch, lambda: minutes.append(watch.metrics.minute))
    back = Shift(codedeploy, aws, alarms or Alarms(), lambda line: None).run({"getOne": TARGET})
    return codedeploy, back, len(minutes)


def test_a_canary_that_sets_off_no_alarm_serves_after_its_minutes() -> None:
    aws = Aws()
    codedeploy, back, minutes = shifted(aws, Watch())
    assert aws.moved == [("1", {"2": 0.1}), ("2", {})]
    assert (back, minutes, codedeploy.shifted["one-group"].minutes) == ([], 5, 5)


def test_the_first_alarm_has_the_old_version_serve_alone() -> None:
    aws = Aws()
    codedeploy, back, minutes = shifted(aws, Watch(failures=3))
    assert aws.moved == [("1", {"2": 0.1}), ("1", {})]
    assert (back, minutes, codedeploy.shifted["one-group"].alarms) == (["getOne"], 3, {"one-failures"})


def test_an_alarm_that_was_on_before_ends_nothing() -> None:
    aws = Aws()
    assert shifted(aws, Watch(**{"5xx": 2}), Alarms("one-5xx"))[1] == []
    assert aws.moved[-1] == ("2", {})


def test_a_group_without_alarms_is_not_stopped() -> None:
    aws = Aws(alarms={"enabled": False, "alarms": [{"name": "one-failures"}]})
    assert shifted(aws, Watch(failures=1))[1] == []


def test_all_at_once_takes_no_minute() -> None:
    aws = Aws("CodeDeployDefault.LambdaAllAtOnce")
    assert shifted(aws, Watch(failures=1))[1:] == ([], 0)
    assert aws.moved == [("2", {})]


def test_another_configuration_is_refused_and_moves_nothing() -> None:
    aws = Aws("CodeDeployDefault.LambdaLinear10PercentEvery1Minute")
    with pytest.raises(NotMocked, match="Linear10Percent"):
        shifted(aws, Watch())
    assert aws.moved == []


def test_whoever_waits_is_told_of_the_alarm() -> None:
    aws: Any = Aws()
    watch: Any = Watch(failures=1)
    codedeploy = CodeDeploy(aws, watch, lambda: None)
    properties = '{"Name": "one", "Alias": "live", "CurrentVersion": "1", "TargetVersion": "2"}'
    content = f'{{"Resources": [{{"function": {{"Properties": {properties}}}}}]}}'
    revision = {"appSpecContent": {"content": content}}
    made = codedeploy.create_deployment(applicationName="api", deploymentGroupName="one-group", revision=revision)
    with pytest.raises(WaiterError, match="stopped by an alarm"):
        codedeploy.get_waiter("deployment_successful").wait(deploymentId=made["deploymentId"])
