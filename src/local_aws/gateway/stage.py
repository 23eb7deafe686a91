"""Where an API is deployed: its stage, what its account knows it by, and what it needs there: functions, user pools.

The limits are those that a REST API has, whoever asks:
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from local_aws.proxy_event import Deployment, Event
from local_aws.proxy_response import HttpResponse

LARGEST_BODY = 10 * 1024 * 1024
LONGEST_SECONDS = 29.0


class InvokedFunctions(Protocol):
    """The functions of the account."""

    async def invoke(self, function_arn: str, event: Event, request_id: str, source_arn: str) -> object:
        """The answer, as JSON makes it, of the function with this ARN, which may end in an alias.

        `source_arn` names who calls; its resource policy may refuse that.

        Raises:
            FunctionFailed: it ran and gave no answer.
            InvokeForbidden: its resource policy refuses this caller.
            InvokeFailed: it did not run.
        """


class AuthorizerFailed(Exception):
    """Exception for an authorizer that could not come to a decision."""


class AuthorizerMisconfigured(Exception):
    """Exception for an authorizer whose user pool cannot be reached."""


class Authorizers(Protocol):
    """The user pools of the account."""

    def claims(self, user_pool_arn: str, token: str) -> Mapping[str, str] | None:
        """The claims of a good ID token of this pool, as an authorizer renders them; None for any other token.

        Raises:
            AuthorizerFailed: there was no decision.
            AuthorizerMisconfigured: there is no such pool.
        """


if TYPE_CHECKING:
    from local_aws.gateway.call import Call


@dataclass(frozen=True, slots=True)
class Throttle:
    """Limits of a method: requests a second, and a burst of so many at once. A negative number is no limit."""

    rate: float
    burst: int

    @property
    def limits(self) -> bool:
        return self.rate >= 0 and self.burst >= 0


def _drop(line: str) -> None:
    """Where lines go that nobody asked for."""


async def _look_away(call: Call, response: HttpResponse) -> None:
    """What sees calls that nobody wants to see."""


@dataclass(frozen=True, slots=True)
class Stage:
    """`throttling` is keyed by the method path of a method's settings: `*/*`, or the resource's path with `~1` for each
    slash, and the method. `access_log` gets a line for each request, as `access_log_format` says. No method waits
    longer for its function than `longest_seconds`. `clock` gives seconds, for throttling. `base_path` is what a custom
    domain maps to this stage, such as "" or "/shop"; without a domain it is the stage's name, as at execute-api's host.
    `observe` sees each call and its response before the client does.

    https://docs.aws.amazon.com/apigateway/latest/api/API_MethodSetting.html
    """

    name: str
    throttling: Mapping[str, Throttle] = field(default_factory=dict)
    access_log_format: str | None = None
    access_log: Callable[[str], None] = _drop
    variables: Mapping[str, str] = field(default_factory=dict)
    base_path: str | None = None
    observe: Callable[[Call, HttpResponse], Awaitable[None]] = _look_away
    longest_seconds: float = LONGEST_SECONDS
    clock: Callable[[], float] = time.monotonic

    @property
    def root(self) -> str:
        """What every path begins with, before those of the API."""
        return f"/{self.name}" if self.base_path is None else self.base_path


@dataclass(frozen=True, slots=True)
class ApiIdentity:
    """The names in an API's ARN."""

    api_id: str
    account: str
    region: str
    partition: str = "aws"

    def execution_arn(self, stage: str, method: str, resource: str) -> str:
        """Who calls the function, as its resource policy sees it.

        https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html
        """
        api = f"arn:{self.partition}:execute-api:{self.region}:{self.account}:{self.api_id}"
        return f"{api}/{stage}/{method}{resource}"

    def deployment(self, stage: Stage) -> Deployment:
        """What an event says of it."""
        return Deployment(self.account, self.api_id, stage.name, stage.root, stage.variables)
