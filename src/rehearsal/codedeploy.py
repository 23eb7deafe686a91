"""CodeDeploy for `rollout.traffic_shift`: deployments on the mocked account, by its groups' own settings and alarms.

https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import WaiterError

from rehearsal.cloudwatch import Watch
from rehearsal.moto_server import MockedAws, NotMocked

_CANARY = re.compile(r"CodeDeployDefault\.LambdaCanary(\d+)Percent(\d+)Minutes")
_AT_ONCE = "CodeDeployDefault.LambdaAllAtOnce"


@dataclass
class Shifted:
    """Outcome of a deployment: its minutes by the alarms' clock, and the alarms that ended it early, if any."""

    minutes: int = 0
    alarms: set[str] = field(default_factory=set)


class CodeDeploy:
    """Shifts one deployment after the other. `minute` is called for each minute of a shift, and makes its traffic.

    `shifted` is how each went, by deployment group.
    """

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
        """Raises WaiterError when an alarm has had the old version serve again, and NotMocked."""
        request = self._requests[deploymentId]
        named = {key: request[key] for key in ("applicationName", "deploymentGroupName")}
        group = self._client.get_deployment_group(**named)["deploymentGroupInfo"]
        watched = request.get("overrideAlarmConfiguration") or group["alarmConfiguration"]
        alarms = [each["name"] for each in watched["alarms"]] if watched.get("enabled") else []
        [resource] = json.loads(request["revision"]["appSpecContent"]["content"])["Resources"]
        properties = resource["function"]["Properties"]
        alias = {"FunctionName": properties["Name"], "Name": properties["Alias"]}
        old, new = properties["CurrentVersion"], properties["TargetVersion"]
        canary = _CANARY.fullmatch(group["deploymentConfigName"])
        if canary is None and group["deploymentConfigName"] != _AT_ONCE:
            raise NotMocked(group["deploymentConfigName"])
        shifted = self.shifted[request["deploymentGroupName"]] = Shifted()
        if canary is not None:
            self._serve(alias, old, {new: int(canary[1]) / 100})
            while shifted.minutes < int(canary[2]) and not shifted.alarms:
                self._watch.metrics.minute += 1
                self._minute()
                self._watch.collect()
                shifted.minutes += 1
                shifted.alarms = self._watch.on(alarms) if alarms else set()
        self._serve(alias, old if shifted.alarms else new, {})
        if shifted.alarms:
            raise WaiterError("deployment_successful", "stopped by an alarm", {})

    def _serve(self, alias: dict[str, str], version: str, others: dict[str, float]) -> None:
        self._functions.update_alias(
            **alias, FunctionVersion=version, RoutingConfig={"AdditionalVersionWeights": others}
        )
