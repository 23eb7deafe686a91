"""moto's AWS behind one HTTP endpoint of this process, as AWS_ENDPOINT_URL wants it. Everything lives in memory.

moto's own server stands on Flask, which nothing else here needs. This one puts a request back on the way to AWS, for
its signature names the service and the region, and has moto answer it there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3
from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from botocore.config import Config
from moto.core.base_backend import BackendDict
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.common_types import TYPE_RESPONSE
from moto.core.config import default_user_config
from moto.core.models import DEFAULT_ACCOUNT_ID
from werkzeug.wrappers import Request, Response

from local_aws.server import WsgiServer
from rehearsal.moto_patches import patched
from rehearsal.terraform import ADMINISTRATOR

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ACCOUNT = DEFAULT_ACCOUNT_ID


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html
_SCOPE = re.compile(r"Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
_KEY_SET = re.compile(r"/([a-z0-9-]+)_\w+/\.well-known/jwks\.json")  # Read by everybody, so without a signature.
_GLOBAL = {"iam": "iam.amazonaws.com"}
# A busy machine makes the mock slow; nothing that it refuses is better asked twice.
_PATIENT = Config(retries={"total_max_attempts": 1}, connect_timeout=30, read_timeout=120, proxies={})
Credentials = Mapping[str, str]
OnUnmocked = Callable[[str], None]


class MockedAws:
    """One AWS account. A context manager: it runs inside the `with` block, and forgets all when that ends.

    moto keeps its resources per process, so there is one at a time. `refused` is called with requests that moto cannot
    answer.
    """

    def __init__(self, region: str, refused: OnUnmocked = lambda request: None) -> None:
        self.region = region
        self.lock = RLock()  # moto reads and writes what it keeps without locks of its own.
        self._refused = refused
        self._stubber = BotocoreStubber()
        self._session = boto3.session.Session()
        self._clients: dict[tuple[str, ...], Any] = {}
        self._making = Lock()
        self._resources = ExitStack()
        self._server = WsgiServer(self._answer, "mocked-aws")

    @property
    def endpoint(self) -> str:
        return self._server.url

    def client(self, service: str, endpoint_url: str | None = None, credentials: Credentials = ADMINISTRATOR) -> Any:
        """boto3's client of a service of this account; `credentials` are environment variables.

        Each is made once: that takes longer than what it is asked to do.
        """
        options = {"endpoint_url": endpoint_url or self.endpoint, **_lower(credentials)}
        key = (service, *options.values())
        with self._making:  # A session makes one at a time.
            if key not in self._clients:
                made: Any = self._session.client(service, region_name=self.region, config=_PATIENT, **options)  # type: ignore[call-overload]
                self._clients[key] = made
            return self._clients[key]

    def __enter__(self) -> MockedAws:
        BackendDict.reset()
        self._resources.enter_context(patched())
        # Otherwise moto would want Docker for a function that nobody calls there.
        self._resources.enter_context(patch.dict(default_user_config, {"lambda": {"use_docker": False}}))
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()
        self._resources.close()
        BackendDict.reset()

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        prepared = _towards_aws(request, environ)
        answer = None if prepared is None else self._ask(prepared)
        if answer is None:
            # Not a 5xx: a client would ask again and again.
            return Response(b"", 400, {"x-amzn-errortype": "NotMocked"})(environ, start_response)
        status, headers, body = answer
        return Response(body, status, _as_sent(headers))(environ, start_response)

    def _ask(self, request: AWSPreparedRequest) -> TYPE_RESPONSE | None:
        """moto's answer; None when it has none."""
        reason = "unknown to moto"
        with self.lock:
            try:
                if answer := self._stubber.process_request(request):
                    return answer
            except Exception as error:
                reason = f"{type(error).__name__} in moto: {error}"
        self._refused(f"{request.method} {request.url}: {reason}")
        return None


def _lower(names: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in names.items()}


def access_key(authorization: str) -> str | None:
    """The access key's id in an Authorization header of AWS's signature version 4."""
    scope = _SCOPE.search(authorization)
    return scope[1] if scope else None


def _towards_aws(request: Request, environ: WSGIEnvironment) -> AWSPreparedRequest | None:
    host = _host(request)
    if host is None:
        return None
    headers = HTTPHeaders()
    for name, value in request.headers.items():
        headers[name] = value
    url = f"https://{host}{environ['RAW_URI']}"
    return AWSPreparedRequest(request.method, url, headers, request.get_data(), stream_output=False)


def _host(request: Request) -> str | None:
    if scope := _SCOPE.search(request.headers.get("Authorization", "")):
        return _GLOBAL.get(scope[3], f"{scope[3]}.{scope[2]}.amazonaws.com")
    key_set = _KEY_SET.fullmatch(request.path)
    return f"cognito-idp.{key_set[1]}.amazonaws.com" if key_set else None


def _as_sent(headers: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in headers.items()}
