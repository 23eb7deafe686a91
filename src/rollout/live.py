"""What a stack serves at one moment: the version behind each alias, and the deployment behind the API's stage."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Alias:
    function: str
    name: str
    version: str


@dataclass(frozen=True)
class Api:
    """`body` and `parameters` are what Terraform imported: the deployment can be made of them again."""

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
    """`api` is None, and the rest empty, when nothing was deployed yet."""

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
    return Live(
        aliases=tuple(_alias(each["name"], each["alias"], functions) for each in outputs.get("functions", {}).values()),
        api=_api(values, outputs, apis),
        canaries=tuple(
            Canary(each["application"], each["deployment_group"])
            for each in outputs.get("canary_deployments", {}).values()
        ),
    )


def _alias(function: str, name: str, functions: Any) -> Alias:
    return Alias(function, name, functions.get_alias(FunctionName=function, Name=name)["FunctionVersion"])


def _api(values: Mapping[str, Any], outputs: Mapping[str, Any], apis: Any) -> Api | None:
    for resource in values.get("root_module", {}).get("resources", []):
        if resource["type"] == "aws_api_gateway_rest_api":
            made, stage = resource["values"], outputs["stage_name"]
            deployment = apis.get_stage(restApiId=made["id"], stageName=stage)["deploymentId"]
            return Api(made["id"], stage, deployment, made["body"], made.get("parameters") or {})
    return None
