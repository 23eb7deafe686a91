"""Throttling: token buckets, one for each method.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from local_aws.gateway.call import GatewayError
from local_aws.gateway.stage import Throttle


class TokenBucket:
    """Holds `burst` tokens at most and gets `rate` a second. `clock` gives seconds."""

    def __init__(self, throttle: Throttle, clock: Callable[[], float]) -> None:
        self._throttle = throttle
        self._clock = clock
        self._tokens = float(throttle.burst)
        self._filled = clock()

    def take(self) -> None:
        """A token for one request. Raises GatewayError when there is none left."""
        now = self._clock()
        self._tokens = min(self._throttle.burst, self._tokens + (now - self._filled) * self._throttle.rate)
        self._filled = now
        if self._tokens < 1:
            raise GatewayError("THROTTLED", "Too Many Requests")
        self._tokens -= 1


def throttle_of(throttling: Mapping[str, Throttle], resource: str, method: str) -> Throttle | None:
    """The limits of a method: its own, or those of all that have none. None when there are none at all."""
    settings = {_key(path): throttle for path, throttle in throttling.items()}
    throttle = settings.get(_key(f"{resource}/{method}"), settings.get("*/*"))
    return throttle if throttle is not None and throttle.limits else None


def _key(method_path: str) -> str:
    return method_path.replace("~1", "/").strip("/")
