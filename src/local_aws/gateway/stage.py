"""`Stage`, where an API is deployed: its throttling, the names in its ARN, and the user pools of its account.

The limits are those that a REST API has, whoever asks:
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from local_aws import ACCOUNT

if TYPE_CHECKING:
    from local_aws.asgi import HttpResponse
    from local_aws.gateway.call import Call

LARGEST_BODY = 10 * 1024 * 1024
LONGEST_SECONDS = 29.0


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


@dataclass(frozen=True, slots=True)
class Throttle:
    """Limits of a method: requests a second, and a burst of so many at once. A negative number is no limit."""

    rate: float
    burst: int


class TokenBucket:
    """A method's throttle at work: holds `burst` tokens at most and gets `rate` a second. `clock` gives seconds.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
    """

    def __init__(self, throttle: Throttle, clock: Callable[[], float]) -> None:
        self._throttle = throttle
        self._clock = clock
        self._tokens = float(throttle.burst)
        self._filled = clock()

    def take(self) -> bool:
        """Takes a token for one request; False when there is none left."""
        now = self._clock()
        self._tokens = min(self._throttle.burst, self._tokens + (now - self._filled) * self._throttle.rate)
        self._filled = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


@dataclass(frozen=True, slots=True)
class ApiIdentity:
    """The names in an API's ARN.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html
    """

    api_id: str
    account: str
    region: str
    partition: str = "aws"


_LOCAL_API = ApiIdentity("local", ACCOUNT, "local")


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of `api`, with its settings.

    `throttling` is keyed by the method path of a method's settings: `*/*`, or the resource's path with `~1` for each
    slash, and the method. `access_log` gets a line for each request, as `access_log_format` says. No method waits
    longer for its function than `longest_seconds`. `clock` gives seconds, for throttling. `base_path` is what a custom
    domain maps to this stage, such as "" or "/shop"; without a domain it is the stage's name, as at execute-api's host.
    `observe` sees each call and its response before the client does.

    https://docs.aws.amazon.com/apigateway/latest/api/API_MethodSetting.html
    """

    name: str
    throttling: Mapping[str, Throttle] = field(default_factory=dict)
    access_log_format: str | None = None
    access_log: Callable[[str], None] = lambda line: None
    variables: Mapping[str, str] = field(default_factory=dict)
    base_path: str | None = None
    api: ApiIdentity = _LOCAL_API
    observe: Callable[[Call, HttpResponse], Awaitable[None]] | None = None
    longest_seconds: float = LONGEST_SECONDS
    clock: Callable[[], float] = time.monotonic

    @property
    def root(self) -> str:
        """The beginning of every path, before the paths of the API."""
        return f"/{self.name}" if self.base_path is None else self.base_path

    def token_bucket(self, resource: str, method: str) -> TokenBucket | None:
        """A bucket with the limits of a method: its own, or those of all that have none. None when there are none."""
        settings = {path.replace("~1", "/").strip("/"): throttle for path, throttle in self.throttling.items()}
        throttle = settings.get(f"{resource}/{method}".strip("/"), settings.get("*/*"))
        if throttle is None or throttle.rate < 0 or throttle.burst < 0:
            return None
        return TokenBucket(throttle, self.clock)
