"""The keys that sign page tokens, out of Parameter Store when they are first needed.

In AWS the environment holds the parameter's name only, so whoever may read a function's settings or Terraform's state
cannot sign. Reading costs one call, 30 to 60 ms, in the first request of a process that has a next page, and nothing at
its start: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError, NoCredentialsError
from botocore.httpsession import URLLib3Session
from botocore.session import Session

from products.errors import Unavailable

SHORTEST = 16
"""Characters that a key has at least."""
REFRESH_SECONDS = 300
"""How long keys are used before they are read again. A new key verifies everywhere before it signs: see the runbook."""
_TIMEOUT_SECONDS = 2

logger = logging.getLogger(__name__)


class UnusableKeys(Exception):
    """Exception for keys that are none, or too short. The message has none of them."""


def parse(text: str) -> tuple[bytes, ...]:
    """Keys with commas between them: the first signs, all of them verify. Raises UnusableKeys."""
    keys = [key.strip().encode() for key in text.split(",") if key.strip()]
    if not keys or any(len(key) < SHORTEST for key in keys):
        raise UnusableKeys(f"keys of {SHORTEST} characters or more are needed")
    return tuple(keys)


class StoredKeys:
    """Keys that are read when they are needed, and kept for REFRESH_SECONDS; longer while they cannot be read again."""

    def __init__(self, read: Callable[[], str], clock: Callable[[], float]) -> None:
        """`read` returns the keys' text and raises Unavailable."""
        self._read = read
        self._clock = clock
        self._keys: tuple[bytes, ...] | None = None
        self._stale_at = 0.0

    def __call__(self) -> tuple[bytes, ...]:
        """Raises Unavailable when there are none yet."""
        if self._keys is None or self._clock() >= self._stale_at:
            try:
                self._keys = parse(self._read())
            except (Unavailable, UnusableKeys) as error:
                logger.error("the signing keys cannot be used", extra={"cause": type(error).__name__})
                if self._keys is None:
                    raise Unavailable from None
            self._stale_at = self._clock() + REFRESH_SECONDS
        return self._keys


def ssm_endpoint(region: str) -> str:
    """Where Parameter Store answers in a region: https://docs.aws.amazon.com/general/latest/gr/ssm.html."""
    return f"https://ssm.{region}.amazonaws.com"


def read_parameter(name: str, region: str, endpoint: str) -> str:
    """The value of a SecureString of Parameter Store. Raises Unavailable, after an error line.

    Signed by hand: a client of botocore's would bring the service's whole model along.
    """
    body = json.dumps({"Name": name, "WithDecryption": True})
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AmazonSSM.GetParameter"}
    try:
        request = AWSRequest("POST", f"{endpoint}/", data=body, headers=headers)
        credentials = Session().get_credentials()
        if credentials is None:
            raise NoCredentialsError
        SigV4Auth(credentials, "ssm", region).add_auth(request)
        response = URLLib3Session(timeout=_TIMEOUT_SECONDS).send(request.prepare())
    except BotoCoreError as error:
        return _unreadable(type(error).__name__)
    answer = json.loads(response.content or b"{}")
    if response.status_code != 200:
        return _unreadable(str(answer.get("__type", response.status_code)))
    return str(answer["Parameter"]["Value"])


def _unreadable(cause: str) -> str:
    logger.error("the signing keys cannot be read", extra={"cause": cause})
    raise Unavailable
