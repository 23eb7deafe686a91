"""The command behind scripts/roll_back: has a stack serve again what it served before."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError, WaiterError

_RUNNING = ["Created", "Queued", "InProgress", "Baking", "Ready"]


@dataclass(frozen=True)
class Alias:
    """A function's alias, and the version that it stands for."""

    function: str
    name: str
    version: str


@dataclass(frozen=True)
class Api:
    """A stage and its deployment. `body` and `parameters` are what Terraform imported: it can be made of them again."""

    id: str
    stage: str
    deployment: str
    body: str
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class Canary:
    """A CodeDeploy deployment group."""

    application: str
    group: str


@dataclass(frozen=True)
class Live:
    """A record of what a stack serves. `api` is None, and the rest empty, when nothing was deployed yet."""

    aliases: tuple[Alias, ...] = ()
    api: Api | None = None
    canaries: tuple[Canary, ...] = ()

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Live:
        """Raises ValueError, TypeError or KeyError when the text is not one of `to_json`."""
        content = json.loads(text)
        return cls(
            aliases=tuple(Alias(**each) for each in content["aliases"]),
            api=Api(**content["api"]) if content["api"] else None,
            canaries=tuple(Canary(**each) for each in content["canaries"]),
        )


def live(state: Mapping[str, Any], functions: Any, apis: Any) -> Live:
    """Asks AWS what the stack of this state serves.

    `state` is what `terraform show -json` prints; `functions` and `apis` are boto3 clients (Lambda, API Gateway).
    """
    values = state.get("values", {})
    outputs = {name: output["value"] for name, output in values.get("outputs", {}).items()}
    aliases = []
    for each in outputs.get("functions", {}).values():
        found = functions.get_alias(FunctionName=each["name"], Name=each["alias"])
        aliases.append(Alias(each["name"], each["alias"], found["FunctionVersion"]))
    api = None
    for resource in values.get("root_module", {}).get("resources", []):
        if resource["type"] == "aws_api_gateway_rest_api":
            made, stage = resource["values"], outputs["stage_name"]
            deployment = apis.get_stage(restApiId=made["id"], stageName=stage)["deploymentId"]
            api = Api(made["id"], stage, deployment, made["body"], made.get("parameters") or {})
            break  # The stack has one. Another would have no stage of this name.
    groups = outputs.get("canary_deployments", {}).values()
    canaries = tuple(Canary(each["application"], each["deployment_group"]) for each in groups)
    return Live(tuple(aliases), api, canaries)


class RollBack:
    """`codedeploy`, `functions` and `apis` are boto3 clients (CodeDeploy, Lambda, API Gateway)."""

    def __init__(self, codedeploy: Any, functions: Any, apis: Any, progress: Callable[[str], None]) -> None:
        self._codedeploy = codedeploy
        self._functions = functions
        self._apis = apis
        self._progress = progress

    def to(self, before: Live) -> list[str]:
        """Put everything back; what cannot be put back holds up nothing else. Returns the names of what could not be.

        The API goes first: its new paths may need the new versions, its old ones are served by both.
        """
        steps: list[tuple[str, Callable[[], None]]] = []
        steps += [(canary.group, partial(self._stop, canary)) for canary in before.canaries]
        if before.api is not None:
            steps.append((f"stage {before.api.stage}", partial(self._put_api_back, before.api)))
        steps += [(alias.function, partial(self._put_alias_back, alias)) for alias in before.aliases]
        left = []
        for name, step in steps:
            try:
                step()
            except (BotoCoreError, ClientError) as error:
                kind = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
                self._progress(f"{name}: COULD NOT BE PUT BACK ({kind})")
                left.append(name)
        return left

    def _stop(self, canary: Canary) -> None:
        """A shift that still runs would move the alias again."""
        running = self._codedeploy.list_deployments(
            applicationName=canary.application, deploymentGroupName=canary.group, includeOnlyStatuses=_RUNNING
        )
        for deployment in running["deployments"]:
            self._codedeploy.stop_deployment(deploymentId=deployment, autoRollbackEnabled=False)
            try:
                self._codedeploy.get_waiter("deployment_successful").wait(deploymentId=deployment)
            except WaiterError:
                self._progress(f"{canary.group}: deployment {deployment} stopped")

    def _put_api_back(self, api: Api) -> None:
        current = self._apis.get_stage(restApiId=api.id, stageName=api.stage)["deploymentId"]
        if current == api.deployment:
            self._progress(f"stage {api.stage}: still at deployment {current}")
            return
        pages = self._apis.get_paginator("get_deployments").paginate(restApiId=api.id)
        exists = any(deployment["id"] == api.deployment for page in pages for deployment in page["items"])
        target = api.deployment if exists else self._deployed_again(api)
        operation = {"op": "replace", "path": "/deploymentId", "value": target}
        self._apis.update_stage(restApiId=api.id, stageName=api.stage, patchOperations=[operation])
        self._progress(f"stage {api.stage}: from deployment {current} back to {target}")

    def _deployed_again(self, api: Api) -> str:
        """Terraform deletes a deployment that it has replaced, so what it was made of is imported once more."""
        self._apis.put_rest_api(
            restApiId=api.id, mode="overwrite", failOnWarnings=True, parameters=dict(api.parameters), body=api.body
        )
        made = self._apis.create_deployment(restApiId=api.id, description=f"As {api.deployment}, rolled back")
        self._progress(
            f"stage {api.stage}: deployment {api.deployment} is gone, {made['id']} is made of its definition"
        )
        return str(made["id"])

    def _put_alias_back(self, alias: Alias) -> None:
        self._functions.update_alias(
            FunctionName=alias.function,
            Name=alias.name,
            FunctionVersion=alias.version,
            RoutingConfig={"AdditionalVersionWeights": {}},
        )
        self._progress(f"{alias.function}: {alias.name} is at version {alias.version}")


EPILOG = """\
Before a deployment:  terraform -chdir=terraform show -json | scripts/roll_back record FILE
To undo it:           scripts/roll_back to FILE

The aliases go back to the versions that they were at, all traffic at once, and the stage to the deployment that it
served. One that Terraform has deleted meanwhile is made again from the same definition. Terraform's state stays as it
is: the next apply goes forward again. Credentials and region are those of the AWS CLI.

The exit status is 0 when all is back, 1 when something could not be put back, 2 when it could not begin."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        "scripts/roll_back",
        description="Has a stack serve again what it served before a deployment.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "action", choices=["record", "to"], help="note what is served now, or go back to what was noted"
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the record")
    options = parser.parse_args(arguments)
    try:
        return _record(options.file) if options.action == "record" else _roll_back(options.file)
    except OSError as error:
        _say(f"error: {options.file}: {error.strerror}")
    except (ValueError, KeyError, TypeError):
        _say("error: standard input is no output of terraform show -json, or the file no record")
    except (BotoCoreError, ClientError) as error:
        _say(f"error: {error}")
    return 2


def _record(file: Path) -> int:
    found = live(json.load(sys.stdin), boto3.client("lambda"), boto3.client("apigateway"))
    file.write_text(found.to_json(), encoding="utf-8")
    _say(f"{len(found.aliases)} aliases and {'the' if found.api else 'no'} API are in {file}")
    return 0


def _roll_back(file: Path) -> int:
    before = Live.from_json(file.read_text(encoding="utf-8"))
    if before == Live():
        _say("Nothing was deployed before: there is nothing to go back to.")
        return 1
    roll_back = RollBack(boto3.client("codedeploy"), boto3.client("lambda"), boto3.client("apigateway"), _say)
    left = roll_back.to(before)
    _say(f"NOT BACK: {', '.join(left)}" if left else "All is back at what was served before.")
    return 1 if left else 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
