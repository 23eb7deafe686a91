"""The gateway that serves what was deployed: its body and its stage out of Terraform's state."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from socket import socket
from threading import Thread
from typing import Any

from local_aws.asgi import App
from local_aws.gateway import ApiIdentity, Authorizers, DeployedGateway, InvokedFunctions, Stage, Throttle
from local_aws.server import listen, server
from rehearsal.moto_server import ACCOUNT
from rehearsal.stack import resources


def gateway_of(
    state: Mapping[str, Any],
    region: str,
    functions: InvokedFunctions,
    authorizers: Authorizers,
    write_log: Callable[[str, str], None],
    **settings: Any,
) -> DeployedGateway:
    """The gateway of this state. `write_log` takes the name of a log group and a line; `settings` are a Stage's."""
    [api] = resources(state, "aws_api_gateway_rest_api").values()
    [stage] = resources(state, "aws_api_gateway_stage").values()
    [log] = stage["access_log_settings"] or [{"destination_arn": "", "format": None}]
    group = log["destination_arn"].rpartition(":")[2]
    return DeployedGateway(
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


class Served(AbstractContextManager["Served"]):
    """An application on a port of loopback while the `with` block runs."""

    def __init__(self, app: App, port: int = 0) -> None:
        """Raises CannotStart."""
        self._listener: socket = listen(port)
        self._server = server(app)
        self._thread = Thread(target=self._server.run, args=([self._listener],), name="gateway", daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Served:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()
