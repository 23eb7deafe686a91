"""The gateway that serves what was deployed: its body and its stage out of Terraform's state."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from local_aws.gateway import ApiIdentity, Authorizers, Gateway, InvokedFunctions, Stage, Throttle
from rehearsal.moto_server import ACCOUNT
from rehearsal.terraform import resources


def gateway_of(
    state: Mapping[str, Any],
    region: str,
    functions: InvokedFunctions,
    authorizers: Authorizers,
    write_log: Callable[[str, str], None],
    **settings: Any,
) -> Gateway:
    """The gateway of this state. `write_log` takes the name of a log group and a line; `settings` are a Stage's."""
    [api] = resources(state, "aws_api_gateway_rest_api").values()
    [stage] = resources(state, "aws_api_gateway_stage").values()
    [log] = stage["access_log_settings"] or [{"destination_arn": "", "format": None}]
    group = log["destination_arn"].rpartition(":")[2]
    return Gateway(
        json.loads(api["body"]),
        Stage(
            name=stage["stage_name"],
            throttling=_throttling(state),
            access_log_format=log["format"],
            access_log=lambda line: write_log(group, line),
            variables=stage.get("variables") or {},
            **settings,
        ),
        functions,
        authorizers,
        ApiIdentity(api["id"], ACCOUNT, region),
    )


def _throttling(state: Mapping[str, Any]) -> dict[str, Throttle]:
    found = resources(state, "aws_api_gateway_method_settings").values()
    limits = {each["method_path"]: each["settings"][0] for each in found}
    return {
        path: Throttle(limit["throttling_rate_limit"], limit["throttling_burst_limit"])
        for path, limit in limits.items()
    }
