"""moto's AWS behind one HTTP endpoint of this process, as AWS_ENDPOINT_URL wants it. Everything lives in memory.

moto's own server stands on Flask, which nothing else here needs. This one puts a request back on the way to AWS, for
its signature names the service and the region, and has moto answer it there. Where moto answers otherwise than AWS
does, and the stack would not come up or not settle for it, moto is patched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from threading import Lock, RLock
from typing import Any
from unittest.mock import patch

import boto3
from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from botocore.config import Config
from moto.apigateway.models import APIGatewayBackend
from moto.awslambda.models import LambdaFunction
from moto.codedeploy import responses as codedeploy
from moto.core.base_backend import BackendDict
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.config import default_user_config
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.responses import ActionResult
from werkzeug.wrappers import Request, Response

from local_aws.server import WsgiServer
from rehearsal.steps import StepFailed
from rehearsal.terraform import ADMINISTRATOR

ACCOUNT = DEFAULT_ACCOUNT_ID
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html
_SCOPE = re.compile(r"Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
_KEY_SET = re.compile(r"/([a-z0-9-]+)_\w+/\.well-known/jwks\.json")  # Read by everybody, so without a signature.
_GLOBAL = {"iam": "iam.amazonaws.com"}
# A busy machine makes the mock slow; nothing that it refuses is better asked twice.
_PATIENT = Config(retries={"total_max_attempts": 1}, connect_timeout=30, read_timeout=120, proxies={})


class NotMocked(StepFailed):
    """Exception for a part of AWS's rules that is not known here: to guess would be to open or to shut a door."""

    def __init__(self, part: str) -> None:
        super().__init__(f"not mocked: {part}")


class MockedAws:
    """One AWS account. A context manager: it runs inside the `with` block, and forgets all when that ends.

    moto keeps its resources per process, so there is one at a time. `refused` is called with requests that moto cannot
    answer.
    """

    def __init__(self, region: str, refused: Callable[[str], None] = lambda request: None) -> None:
        self.region = region
        self.lock = RLock()  # moto reads and writes what it keeps without locks of its own.
        self._refused = refused
        self._stubber = BotocoreStubber()
        self._session = boto3.session.Session()
        self._clients: dict[tuple[str, ...], Any] = {}
        self._making = Lock()
        self._resources = ExitStack()
        self._server = WsgiServer(Request.application(self._answer), "mocked-aws")

    @property
    def endpoint(self) -> str:
        return self._server.url

    def client(
        self, service: str, endpoint_url: str | None = None, credentials: Mapping[str, str] = ADMINISTRATOR
    ) -> Any:
        """boto3's client of a service of this account; `credentials` are environment variables.

        Each is made once: that takes longer than what it is asked to do.
        """
        options = {"endpoint_url": endpoint_url or self.endpoint}
        options |= {name.lower(): value for name, value in credentials.items()}
        key = (service, *options.values())
        with self._making:  # A session makes one at a time.
            if key not in self._clients:
                made: Any = self._session.client(service, region_name=self.region, config=_PATIENT, **options)  # type: ignore[call-overload]
                self._clients[key] = made
            return self._clients[key]

    def __enter__(self) -> MockedAws:
        BackendDict.reset()
        for owner, name, change in PATCHES:
            changed = _patched(getattr(owner, name, None), change)
            self._resources.enter_context(patch.object(owner, name, changed, create=True))
        # Otherwise moto would want Docker for a function that nobody calls there.
        self._resources.enter_context(patch.dict(default_user_config, {"lambda": {"use_docker": False}}))
        self._resources.enter_context(self._server)
        return self

    def __exit__(self, *_: object) -> None:
        self._resources.close()
        BackendDict.reset()

    def _answer(self, request: Request) -> Response:
        if host := _host(request):
            headers = HTTPHeaders.from_pairs(request.headers.items())
            url, body, reason = f"https://{host}{request.environ['RAW_URI']}", request.get_data(), "unknown to moto"
            with self.lock:
                try:
                    asked = AWSPreparedRequest(request.method, url, headers, body, stream_output=False)
                    if answer := self._stubber.process_request(asked):
                        status, sent, content = answer
                        return Response(content, status, {name: str(value) for name, value in sent.items()})
                except Exception as error:
                    reason = f"{type(error).__name__} in moto: {error}"
            self._refused(f"{request.method} {url}: {reason}")
        # Not a 5xx: a client would ask again and again.
        return Response(b"", 400, {"x-amzn-errortype": "NotMocked"})


def access_key(authorization: str) -> str | None:
    """The access key's id in an Authorization header of AWS's signature version 4."""
    scope = _SCOPE.search(authorization)
    return scope[1] if scope else None


def _host(request: Request) -> str | None:
    if scope := _SCOPE.search(request.headers.get("Authorization", "")):
        return _GLOBAL.get(scope[3], f"{scope[3]}.{scope[2]}.amazonaws.com")
    key_set = _KEY_SET.fullmatch(request.path)
    return f"cognito-idp.{key_set[1]}.amazonaws.com" if key_set else None


# Each patch gets what it replaces, and says what is wrong with that.
# tests/deployment/rehearsal/test_moto_patches.py fails when moto no longer needs one.

Method = Callable[..., Any]


def _put_integration(original: Method, *arguments: Any, **named: Any) -> Any:
    """An import with a mock integration, which has no URI and no method of its own, raises TypeError."""
    if len(arguments) < 7:
        named = {"uri": "", "integration_method": "", **named}
    return original(*arguments, **named)


def _init(original: Method, self: Any, account_id: str, spec: dict[str, Any], *arguments: Any, **named: Any) -> None:
    """LoggingConfig is dropped, so that every plan wants to set it again."""
    original(self, account_id, spec, *arguments, **named)
    self.logging_config = {"LogFormat": "Text", "LogGroup": self.logs_group_name, **spec.get("LoggingConfig", {})}


def _get_configuration(original: Method, self: Any, *arguments: Any, **named: Any) -> dict[str, Any]:
    return {**original(self, *arguments, **named), "LoggingConfig": self.logging_config}


def _update_configuration(original: Method, self: Any, changes: dict[str, Any]) -> dict[str, Any]:
    self.logging_config = changes.get("LoggingConfig", self.logging_config)
    return {**original(self, changes), "LoggingConfig": self.logging_config}


def _deployment_group_info(original: Method, deployment_group: Any) -> dict[str, Any]:
    """A deployment group's alarms are not described, and an empty load balancer is: every plan wants to mend both."""
    information: dict[str, Any] = original(deployment_group)
    if not information["loadBalancerInfo"]:
        del information["loadBalancerInfo"]
    return {**information, "alarmConfiguration": deployment_group.alarm_configuration or {}}


def _delete_deployment_group(_: None, self: Any) -> ActionResult:
    """There is no DeleteDeploymentGroup."""
    groups = self.codedeploy_backend.deployment_groups[self._get_param("applicationName")]
    groups.pop(self._get_param("deploymentGroupName"), None)
    return ActionResult({})


def _delete_application(_: None, self: Any) -> ActionResult:
    """There is no DeleteApplication."""
    self.codedeploy_backend.applications.pop(self._get_param("applicationName"), None)
    return ActionResult({})


PATCHES: tuple[tuple[object, str, Method], ...] = (
    (APIGatewayBackend, "put_integration", _put_integration),
    (LambdaFunction, "__init__", _init),
    (LambdaFunction, "get_configuration", _get_configuration),
    (LambdaFunction, "update_configuration", _update_configuration),
    (codedeploy, "_deployment_group_info", _deployment_group_info),
    (codedeploy.CodeDeployResponse, "delete_deployment_group", _delete_deployment_group),
    (codedeploy.CodeDeployResponse, "delete_application", _delete_application),
)


def _patched(original: Method | None, change: Method) -> Method:
    return lambda *arguments, **named: change(original, *arguments, **named)  # A function, which a method has to be.
