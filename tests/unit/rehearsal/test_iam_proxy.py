from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.iam import role_credentials
from rehearsal.iam_proxy import iam_proxy
from rehearsal.moto_server import MockedAws

ACCOUNT = "arn:aws:dynamodb:eu-west-1:123456789012:"
TRUST = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
READ = {"Effect": "Allow", "Action": ["dynamodb:GetItem"], "Resource": f"{ACCOUNT}table/t"}
LIST = {"Effect": "Allow", "Action": ["dynamodb:Query"], "Resource": f"{ACCOUNT}table/t/index/ids"}
DESCRIBED = {
    "Table": {
        "TableArn": "arn:aws:dynamodb:ddblocal:000000000000:table/t",
        "GlobalSecondaryIndexes": [{"IndexName": "ids"}],
    }
}
KEY = {"PK": {"S": "1"}}
ON_INDEX = {"TableName": "t", "IndexName": "ids"}


class _Engine(BaseHTTPRequestHandler):
    """In DynamoDB Local's place: has one table and no items."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        described = self.headers["X-Amz-Target"].endswith("DescribeTable")
        body = json.dumps(DESCRIBED if described else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def engine() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Engine) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def aws() -> Iterator[MockedAws]:
    with MockedAws("eu-west-1") as account:
        for name, statement in (("reader", READ), ("lister", LIST)):
            iam = account.client("iam")
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy(TRUST))
            iam.put_role_policy(RoleName=name, PolicyName="function", PolicyDocument=_policy(statement))
        yield account


@pytest.fixture
def front(aws: MockedAws, engine: str) -> Iterator[str]:
    with iam_proxy(engine, aws) as endpoint:
        yield endpoint


def test_a_role_may_do_what_its_policy_allows(aws: MockedAws, front: str) -> None:
    _client(aws, front, "reader").get_item(TableName="t", Key=KEY)
    _client(aws, front, "lister").query(**ON_INDEX)


DELETION = {"TransactItems": [{"Delete": {"TableName": "t", "Key": KEY}}]}


@pytest.mark.parametrize(
    ("role", "operation", "arguments", "told"),
    [
        ("reader", "get_item", {"TableName": "u", "Key": KEY}, f"GetItem on resource: {ACCOUNT}table/u because"),
        ("reader", "put_item", {"TableName": "t", "Item": KEY}, f"PutItem on resource: {ACCOUNT}table/t because"),
        ("reader", "query", ON_INDEX, f"Query on resource: {ACCOUNT}table/t/index/ids because"),
        ("lister", "query", {"TableName": "t"}, f"Query on resource: {ACCOUNT}table/t because"),
        ("lister", "list_tables", {}, "ListTables on resource: * because"),
        ("reader", "transact_write_items", DELETION, f"DeleteItem on resource: {ACCOUNT}table/t because"),
    ],
)
def test_what_a_role_may_not_do_is_refused_as_aws_refuses_it(
    aws: MockedAws, front: str, *, role: str, operation: str, arguments: dict[str, Any], told: str
) -> None:
    with pytest.raises(ClientError) as refused:
        getattr(_client(aws, front, role), operation)(**arguments)
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
    assert f"is not authorized to perform: dynamodb:{told}" in refused.value.response["Error"]["Message"]


def test_credentials_of_nobody_are_refused(aws: MockedAws, front: str) -> None:
    nobody = {"AWS_ACCESS_KEY_ID": "AKIANOBODY", "AWS_SECRET_ACCESS_KEY": "x"}
    with pytest.raises(ClientError, match="UnrecognizedClientException"):
        aws.client("dynamodb", front, nobody).get_item(TableName="t", Key=KEY)


def test_a_table_is_described_as_one_of_the_account(aws: MockedAws, front: str) -> None:
    table = aws.client("dynamodb", front).describe_table(TableName="t")["Table"]
    assert table["TableArn"] == f"{ACCOUNT}table/t"
    assert table["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["ReadCapacityUnits"] == 0


def _client(aws: MockedAws, front: str, role: str) -> Any:
    credentials = role_credentials(aws, f"arn:aws:iam::123456789012:role/{role}", "test")
    return aws.client("dynamodb", front, credentials)


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
