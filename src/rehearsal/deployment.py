"""The stack applied, and what was deployed running: the part of a rehearsal that everything after it calls."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_aws.functions import Functions
from local_aws.gateway.gateway import Gateway
from local_aws.gateway.stage import ApiIdentity, Authorizers, Stage, Throttle
from local_aws.lambda_runtime import Runtime
from local_aws.server import AsgiServer, listen
from rehearsal.cognito import PoolAuthorizers
from rehearsal.deployed_functions import DeployedFunctions, published
from rehearsal.mock_account import MockAccount
from rehearsal.moto_server import ACCOUNT
from rehearsal.steps import StepFailed
from rehearsal.terraform import Stack, resources


def gateway_of(
    state: Mapping[str, Any],
    region: str,
    functions: Functions,
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
            api=ApiIdentity(api["id"], ACCOUNT, region),
            **settings,
        ),
        functions,
        authorizers,
    )


def _throttling(state: Mapping[str, Any]) -> dict[str, Throttle]:
    found = resources(state, "aws_api_gateway_method_settings").values()
    limits = {each["method_path"]: each["settings"][0] for each in found}
    return {
        path: Throttle(limit["throttling_rate_limit"], limit["throttling_burst_limit"])
        for path, limit in limits.items()
    }


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
    """What the stack deployed, served while the `with` block runs. Raises CannotStart."""
    state = account.prerequisites.state()
    with (
        DeployedFunctions(account.aws, account.roles, runtime, account.endpoints, account.logs) as functions,
        served(account, state, functions, port) as url,
    ):
        yield Deployment(account, stack, state, functions, f"{url}/{stack.environment}")


@contextmanager
def served(
    account: MockAccount, state: Mapping[str, Any], functions: DeployedFunctions, port: int = 0, **settings: Any
) -> Iterator[str]:
    """A gateway of this state, and its host; `settings` are a Stage's that are not as deployed. Raises CannotStart."""
    app = gateway_of(state, account.aws.region, functions, PoolAuthorizers(account.aws), account.logs.write, **settings)
    with AsgiServer(app, listen(port)) as gateway:
        yield gateway.url


def packages_that_differ(deployment: Deployment, packages: Path) -> list[str]:
    """The functions whose deployed code is not the zip that was built. Lambda's digest is SHA-256 in Base64."""
    return [
        name
        for name, zip_ in _zips(deployment, packages).items()
        if published(deployment.account.aws, name, _latest(deployment, name)).configuration["CodeSha256"]
        != _digest(zip_)
    ]


def _zips(deployment: Deployment, packages: Path) -> dict[str, Path]:
    functions = resources(deployment.state, "aws_lambda_function").values()
    return {each["function_name"]: packages / Path(each["filename"]).name for each in functions}


def _latest(deployment: Deployment, name: str) -> str:
    functions = resources(deployment.state, "aws_lambda_function").values()
    return next(str(each["version"]) for each in functions if each["function_name"] == name)


def _digest(path: Path) -> str:
    return base64.b64encode(hashlib.sha256(path.read_bytes()).digest()).decode()


def refuse(problems: list[str], what: str) -> None:
    """Raises StepFailed when there are any."""
    if problems:
        raise StepFailed("\n  ".join([f"{what}: {len(problems)}", *problems]))
