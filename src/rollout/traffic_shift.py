"""The command behind scripts/shift_traffic: CodeDeploy moves traffic to the versions that Terraform has published.

It reads the output of `terraform output -json canary_deployments`. `Shift` starts one CodeDeploy deployment for each
function whose alias is not yet at its newest version.

https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-example.html#appspec-file-example-lambda
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import boto3
from botocore.exceptions import WaiterError


class Target(NamedTuple):
    """The version that a function's traffic is to go to; the fields of Terraform's output `canary_deployments`."""

    application: str
    deployment_group: str
    function: str
    alias: str
    version: str


class Shift:
    """Starts deployments and waits for them. The clients are boto3's (CodeDeploy, Lambda, CloudWatch)."""

    def __init__(self, codedeploy: Any, functions: Any, alarms: Any, progress: Callable[[str], None]) -> None:
        self._codedeploy = codedeploy
        self._functions = functions
        self._alarms = alarms
        self._progress = progress

    def run(self, targets: Mapping[str, Target]) -> list[str]:
        """Shift all traffic, all functions side by side. Returns the operations whose alias CodeDeploy put back."""
        started = {name: self._start(target) for name, target in targets.items()}
        return [name for name, deployment in started.items() if deployment and not self._arrives(name, deployment)]

    def _start(self, target: Target) -> str | None:
        alias = self._functions.get_alias(FunctionName=target.function, Name=target.alias)
        if alias["FunctionVersion"] == target.version:
            self._progress(f"{target.function}: version {target.version} has all the traffic already")
            return None
        properties = {
            "Name": target.function,
            "Alias": target.alias,
            "CurrentVersion": alias["FunctionVersion"],
            "TargetVersion": target.version,
        }
        resources = [{"function": {"Type": "AWS::Lambda::Function", "Properties": properties}}]
        specification = json.dumps({"version": 0.0, "Resources": resources})
        started = self._codedeploy.create_deployment(
            applicationName=target.application,
            deploymentGroupName=target.deployment_group,
            revision={"revisionType": "AppSpecContent", "appSpecContent": {"content": specification}},
            **self._without_alarms_that_are_on(target),
        )
        self._progress(f"{target.function}: from version {alias['FunctionVersion']} to {target.version}")
        return str(started["deploymentId"])

    def _without_alarms_that_are_on(self, target: Target) -> dict[str, Any]:
        """What is wrong already says nothing of the new version, which may be there to mend it.

        https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeployment.html, overrideAlarmConfiguration
        """
        group = self._codedeploy.get_deployment_group(
            applicationName=target.application, deploymentGroupName=target.deployment_group
        )["deploymentGroupInfo"]
        configuration = group.get("alarmConfiguration") or {"alarms": []}
        names = [each["name"] for each in configuration["alarms"]]
        found = self._alarms.describe_alarms(AlarmNames=names)["MetricAlarms"] if names else []
        on = {each["AlarmName"] for each in found if each["StateValue"] == "ALARM"}
        if not on:
            return {}
        self._progress(f"{target.function}: {', '.join(sorted(on))} is on already and will not stop the shift")
        watched = [each for each in configuration["alarms"] if each["name"] not in on]
        return {"overrideAlarmConfiguration": {**configuration, "alarms": watched}}

    def _arrives(self, name: str, deployment: str) -> bool:
        try:
            self._codedeploy.get_waiter("deployment_successful").wait(deploymentId=deployment)
        except WaiterError:
            self._progress(f"{name}: ROLLED BACK (deployment {deployment})")
            return False
        self._progress(f"{name}: done")
        return True


def main() -> int:
    """Shift what standard input names. 0: all of it arrived; 1: CodeDeploy rolled something back."""
    targets = {name: Target(**target) for name, target in json.load(sys.stdin).items()}
    if not targets:
        _say("Nothing to shift: in this environment Terraform moves the aliases itself.")
        return 0
    shift = Shift(boto3.client("codedeploy"), boto3.client("lambda"), boto3.client("cloudwatch"), _say)
    rolled_back = shift.run(targets)
    return 1 if rolled_back else 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
