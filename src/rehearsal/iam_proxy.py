"""DynamoDB as the functions find it: DynamoDB Local, behind a front that asks IAM first.

DynamoDB Local takes any credentials. The front looks up whose they are, and refuses as AWS does what their role may not
do. It also mends what DynamoDB Local describes of tables where AWS differs, and remembers every call.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

import urllib3
from werkzeug.wrappers import Request, Response

from local_aws.server import WsgiServer
from rehearsal.iam import Caller, Need, Roles, UnknownKey, needs
from rehearsal.moto_server import ACCOUNT, access_key

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_LOCAL_PREFIX = b"arn:aws:dynamodb:ddblocal:000000000000:"
_NOT_OURS = {"connection", "host", "content-length", "transfer-encoding", "keep-alive"}
# DynamoDB Local knows no backups, and the table's owners have them on.
_BACKUPS = {
    "ContinuousBackupsDescription": {
        "ContinuousBackupsStatus": "ENABLED",
        "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "ENABLED", "RecoveryPeriodInDays": 35},
    }
}
_NO_THROUGHPUT = {"NumberOfDecreasesToday": 0, "ReadCapacityUnits": 0, "WriteCapacityUnits": 0}


@dataclass(frozen=True)
class Call:
    """What somebody asked of DynamoDB. `caller` is an ARN; of an assumed role it ends in /ROLE/SESSION."""

    caller: str
    need: Need
    allowed: bool


class IamProxy:
    """An endpoint on loopback. A context manager: it runs inside the `with` block. `calls` is all that was asked."""

    def __init__(self, engine: str, region: str, roles: Roles) -> None:
        self.calls: list[Call] = []
        self._engine = engine
        self._prefix = f"arn:aws:dynamodb:{region}:{ACCOUNT}:"
        self._roles = roles
        self._pool = urllib3.PoolManager(maxsize=32, retries=False)
        self._lock = Lock()
        self._server = WsgiServer(self._answer, "iam-proxy")

    @property
    def endpoint(self) -> str:
        return self._server.url

    def __enter__(self) -> IamProxy:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()
        self._pool.clear()

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        operation = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
        return self._response(request, operation)(environ, start_response)

    def _response(self, request: Request, operation: str) -> Response:
        key = access_key(request.headers.get("Authorization", ""))
        try:
            caller = self._roles.caller(key, request.headers.get("X-Amz-Security-Token"))
        except UnknownKey:
            return _error("UnrecognizedClientException", "The security token included in the request is invalid.")
        refused = self._refused(caller, needs(operation, json.loads(request.get_data() or b"{}")))
        if refused:
            return _denial(caller, refused, self._arn(refused))
        if operation == "DescribeContinuousBackups":
            return _response(200, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps(_BACKUPS).encode())
        return self._forward(request, operation)

    def _refused(self, caller: Caller, wanted: Iterable[Need]) -> Need | None:
        """The first permission that is missing."""
        calls = [Call(caller.arn, need, caller.may(need.action, self._arn(need))) for need in wanted]
        with self._lock:
            self.calls += calls
        return next((call.need for call in calls if not call.allowed), None)

    def _arn(self, need: Need) -> str:
        return need.resource if need.resource == "*" else self._prefix + need.resource

    def _forward(self, request: Request, operation: str) -> Response:
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _NOT_OURS}
        body = request.get_data().replace(self._prefix.encode(), _LOCAL_PREFIX)
        answer = self._pool.request("POST", self._engine, body=body, headers=headers)
        return _response(answer.status, answer.headers, self._mended(operation, answer.data))

    def _mended(self, operation: str, body: bytes) -> bytes:
        body = body.replace(_LOCAL_PREFIX, self._prefix.encode())
        return _with_index_throughput(body) if operation == "DescribeTable" else body


def _with_index_throughput(body: bytes) -> bytes:
    """AWS describes an on-demand index's throughput, all zeros; without it Terraform's provider reads no index name."""
    described = json.loads(body)
    for index in described.get("Table", {}).get("GlobalSecondaryIndexes", ()):
        index.setdefault("ProvisionedThroughput", _NO_THROUGHPUT)
    return json.dumps(described).encode()


def _response(status: int, headers: Mapping[str, str], body: bytes) -> Response:
    kept = {name: value for name, value in headers.items() if name.lower() not in _NOT_OURS}
    return Response(body, status, {**kept, "x-amz-crc32": str(zlib.crc32(body))})


def _denial(caller: Caller, need: Need, resource: str) -> Response:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html."""
    return _error(
        "AccessDeniedException",
        f"User: {caller.arn} is not authorized to perform: {need.action} on resource: {resource} "
        f"because no identity-based policy allows the {need.action} action",
    )


def _error(kind: str, message: str) -> Response:
    body: dict[str, Any] = {"__type": f"com.amazon.coral.service#{kind}", "message": message}
    return _response(400, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps(body).encode())
