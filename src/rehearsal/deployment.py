"""The stack applied, and what was deployed running: the part of a rehearsal that everything after it calls."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_aws.gateway.gateway import Gateway
from local_aws.gateway.stage import ApiIdentity, Stage, Throttle
from local_aws.lambda_runtime import Runtime
from local_aws.server import AsgiServer, listen
from local_server import project
from rehearsal.deployed_functions import DeployedFunctions, published
from rehearsal.mock_account import MockAccount, PoolAuthorizers
from rehearsal.moto_server import ACCOUNT
from rehearsal.terraform import Stack, resources


@dataclass(frozen=True)
class Deployment:
    """`url` is what the contract's paths follow; `state` is Terraform's."""

    account: MockAccount
    stack: Stack
    state: Mapping[str, Any]
    functions: DeployedFunctions
    url: str

    @property
    def names(self) -> dict[str, str]:
        """The functions' names by operationId."""
        return {key: each["function_name"] for key, each in resources(self.state, "aws_lambda_function").items()}

    @property
    def log_groups(self) -> dict[str, str]:
        """By operationId."""
        return {key: each["name"] for key, each in resources(self.state, "aws_cloudwatch_log_group").items()}


@contextmanager
def running(account: MockAccount, stack: Stack, runtime: Runtime, port: int = 0) -> Iterator[Deployment]:
    """Serves what the stack deployed, while the `with` block runs. Raises CannotStart."""
    state = account.state()
    with (
        DeployedFunctions(account.aws, runtime, account.endpoints, account.logs) as functions,
        served(account, state, functions, port) as url,
    ):
        yield Deployment(account, stack, state, functions, url)


@contextmanager
def served(
    account: MockAccount, state: Mapping[str, Any], functions: DeployedFunctions, port: int = 0, **settings: Any
) -> Iterator[str]:
    """A gateway of this state, and its URL; `settings` are a Stage's that are not as deployed. Raises CannotStart."""
    [api] = resources(state, "aws_api_gateway_rest_api").values()
    [stage] = resources(state, "aws_api_gateway_stage").values()
    [log] = stage["access_log_settings"]
    group = log["destination_arn"].rpartition(":")[2]
    throttling = {}
    for method in resources(state, "aws_api_gateway_method_settings").values():
        [limits] = method["settings"]
        throttling[method["method_path"]] = Throttle(limits["throttling_rate_limit"], limits["throttling_burst_limit"])
    gateway = Gateway(
        json.loads(api["body"]),
        Stage(
            name=stage["stage_name"],
            throttling=throttling,
            access_log_format=log["format"],
            access_log=lambda line: account.logs.write(group, line),
            variables=stage.get("variables") or {},
            api=ApiIdentity(api["id"], ACCOUNT, account.aws.region),
            **settings,
        ),
        functions,
        PoolAuthorizers(account.aws),
    )
    with AsgiServer(gateway, listen(port)) as server:
        yield f"{server.url}/{stage['stage_name']}"


def packages_that_differ(deployment: Deployment, packages: Path) -> list[str]:
    """The functions whose deployed code is not the zip that was built. Lambda's digest is SHA-256 in Base64."""
    different = []
    for function in resources(deployment.state, "aws_lambda_function").values():
        name, package = function["function_name"], packages / Path(function["filename"]).name
        digest = base64.b64encode(hashlib.sha256(package.read_bytes()).digest()).decode()
        configuration, _ = published(deployment.account.aws, name, str(function["version"]))
        if configuration["CodeSha256"] != digest:
            different.append(name)
    return different


_RUNNING = """
API          {url}{path}
Session      {session}  (URL, endpoints and tokens, for a script)

An administrator's token, good for an hour, to paste in a shell:

TOKEN={token}

curl -i {url}{path} -H "Authorization: Bearer $TOKEN"

AWS itself:  AWS_ENDPOINT_URL={aws} aws lambda list-functions --region {region}
Ctrl-C, or kill {pid}, destroys the stack and stops.
"""


def keep_running(deployment: Deployment, folder: Path) -> None:
    """Says how to reach it, and waits for an interruption, which is how this ends."""
    session = folder / "session.json"
    try:
        print(announce(deployment, session), flush=True)
        with suppress(KeyboardInterrupt):
            signal.pause()
    finally:
        session.unlink(missing_ok=True)


def announce(deployment: Deployment, session: Path) -> str:
    """The words for a person; `session` gets the same for a program, and is the owner's alone to read."""
    account = deployment.account
    known = {
        "url": deployment.url,
        "pid": os.getpid(),
        "region": account.aws.region,
        "endpoints": account.endpoints,
        "token": account.administrator.token(),
        "tokenWithoutGroup": account.somebody.token(),
    }
    with os.fdopen(os.open(session, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(known, file, indent=1)
    return _RUNNING.format(**known, path=project.collection(), session=session, aws=account.aws.endpoint)
