"""DynamoDB as the functions find it: DynamoDB Local, behind a proxy that asks IAM first.

DynamoDB Local takes any credentials. The proxy looks up whose they are, and refuses as AWS does what their role may not
do. It also mends what DynamoDB Local describes of tables where AWS differs.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import urllib3
from werkzeug.wrappers import Request, Response

from local_aws.server import WsgiServer
from rehearsal.iam import UnknownKey, key_holder, needs
from rehearsal.moto_server import ACCOUNT, MockedAws, access_key

_NOT_OURS = {"connection", "host", "content-length", "transfer-encoding", "keep-alive"}
_JSON = {"Content-Type": "application/x-amz-json-1.0"}
# DynamoDB Local knows no backups, and the table's owners have them on.
_BACKUPS = {
    "ContinuousBackupsDescription": {
        "ContinuousBackupsStatus": "ENABLED",
        "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "ENABLED", "RecoveryPeriodInDays": 35},
    }
}
_NO_THROUGHPUT = {"NumberOfDecreasesToday": 0, "ReadCapacityUnits": 0, "WriteCapacityUnits": 0}


@contextmanager
def iam_proxy(engine: str, aws: MockedAws) -> Iterator[str]:
    """An endpoint on loopback, before DynamoDB Local's `engine`, while the block runs."""
    local, ours = b"arn:aws:dynamodb:ddblocal:000000000000:", f"arn:aws:dynamodb:{aws.region}:{ACCOUNT}:"

    @Request.application
    def answer(request: Request) -> Response:
        operation, body = request.headers.get("X-Amz-Target", "").rpartition(".")[2], request.get_data()
        key = access_key(request.headers.get("Authorization", ""))
        try:
            caller = key_holder(aws, key, request.headers.get("X-Amz-Security-Token"))
        except UnknownKey:
            return _error("UnrecognizedClientException", "The security token included in the request is invalid.")
        for need in needs(operation, json.loads(body or b"{}")):
            resource = need.resource if need.resource == "*" else ours + need.resource
            if not caller.may(need.action, resource):
                # https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
                return _error(
                    "AccessDeniedException",
                    f"User: {caller.arn} is not authorized to perform: {need.action} on resource: {resource} "
                    f"because no identity-based policy allows the {need.action} action",
                )
        if operation == "DescribeContinuousBackups":
            return _sent(200, _JSON, json.dumps(_BACKUPS).encode())
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _NOT_OURS}
        found = pool.request("POST", engine, body=body.replace(ours.encode(), local), headers=headers)
        content = found.data.replace(local, ours.encode())
        return _sent(
            found.status, found.headers, _with_index_throughput(content) if operation == "DescribeTable" else content
        )

    with urllib3.PoolManager(maxsize=32, retries=False) as pool, WsgiServer(answer, "iam-proxy") as server:
        yield server.url


def _with_index_throughput(body: bytes) -> bytes:
    """AWS describes an on-demand index's throughput, all zeros; without it Terraform's provider reads no index name."""
    described = json.loads(body)
    for index in described.get("Table", {}).get("GlobalSecondaryIndexes", ()):
        index.setdefault("ProvisionedThroughput", _NO_THROUGHPUT)
    return json.dumps(described).encode()


def _sent(status: int, headers: Mapping[str, str], body: bytes) -> Response:
    passed = {name: value for name, value in headers.items() if name.lower() not in _NOT_OURS}
    return Response(body, status, {**passed, "x-amz-crc32": str(zlib.crc32(body))})


def _error(kind: str, message: str) -> Response:
    return _sent(400, _JSON, json.dumps({"__type": f"com.amazon.coral.service#{kind}", "message": message}).encode())
