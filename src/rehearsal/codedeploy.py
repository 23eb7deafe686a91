"""CodeDeploy's client for `rollout.shift`: deployments on the mocked account, by its groups' own settings and alarms.

https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import WaiterError

from rehearsal.cloudwatch_alarms import Watch
from rehearsal.moto_server import MockedAws

_CANARY = re.compile(r"CodeDeployDefault\.LambdaCanary(\d+)Percent(\d+)Minutes")
_AT_ONCE = "CodeDeployDefault.LambdaAllAtOnce"


class UnknownConfiguration(Exception):
    """Exception for a deployment configuration that is not emulated here."""


@dataclass
class Shifted:
    """How a deployment went: minutes of the alarms' clock until its end, and the alarms that ended it early, if any."""

    minutes: int = 0
    alarms: set[str] = field(default_factory=set)


class CodeDeploy:
    """Shifts one deployment after the other. `minute` is called for each minute of a shift, and makes its traffic."""

    def __init__(self, aws: MockedAws, watch: Watch, minute: Callable[[], None]) -> None:
        self._client = aws.client("codedeploy")
        self._functions = aws.client("lambda")
        self._watch = watch
        self._minute = minute
        self._requests: dict[str, dict[str, Any]] = {}
        self.shifted: dict[str, Shifted] = {}

    def get_deployment_group(self, **request: Any) -> Any:
        return self._client.get_deployment_group(**request)

    def create_deployment(self, **request: Any) -> dict[str, str]:
        made: dict[str, str] = self._client.create_deployment(**request)
        self._requests[made["deploymentId"]] = request
        return made

    def get_waiter(self, name: str) -> CodeDeploy:
        """Itself: a deployment takes place while it is waited for."""
        return self

    def wait(self, deploymentId: str) -> None:
        """Raises WaiterError when an alarm has had the old version serve again."""
        request = self._requests[deploymentId]
        named = {key: request[key] for key in ("applicationName", "deploymentGroupName")}
        group = self._client.get_deployment_group(**named)["deploymentGroupInfo"]
        watched = request.get("overrideAlarmConfiguration") or group["alarmConfiguration"]
        alarms = [each["name"] for each in watched["alarms"]] if watched.get("enabled") else []
        content = json.loads(request["revision"]["appSpecContent"]["content"])
        [resource] = content["Resources"]
        shift = resource["function"]["Properties"]
        alias = {"FunctionName": shift["Name"], "Name": shift["Alias"]}
        shifted = self.shifted[request["deploymentGroupName"]] = Shifted()
        weight, minutes = _configuration(group["deploymentConfigName"])
        if minutes:
            routing = {"AdditionalVersionWeights": {shift["TargetVersion"]: weight}}
            self._functions.update_alias(**alias, FunctionVersion=shift["CurrentVersion"], RoutingConfig=routing)
        for _ in range(minutes):
            self._watch.pass_minute()
            self._minute()
            self._watch.collect()
            shifted.minutes += 1
            if on := self._watch.on(alarms) if alarms else set():
                shifted.alarms = on
                self._serve_only(alias, shift["CurrentVersion"])
                raise WaiterError("deployment_successful", "stopped by an alarm", {})
        self._serve_only(alias, shift["TargetVersion"])

    def _serve_only(self, alias: dict[str, str], version: str) -> None:
        self._functions.update_alias(**alias, FunctionVersion=version, RoutingConfig={"AdditionalVersionWeights": {}})


def _configuration(name: str) -> tuple[float, int]:
    """The share of calls that the new version gets first, and for how many minutes."""
    if found := _CANARY.fullmatch(name):
        return int(found[1]) / 100, int(found[2])
    if name == _AT_ONCE:
        return 1, 0
    raise UnknownConfiguration(name)
