"""The bare create behind the contract's checks: what src/contract alone adds when boto3 is there anyway."""

from pathlib import Path
from typing import Any

from bare import handler as create

from contract.lambda_handler import lambda_handler
from contract.messages import Request, Response
from contract.operation import Operation
from contract.strict_json import dumps, loads

TABLE = Path(__file__).with_name("create_product.json")


def respond(request: Request) -> Response:
    answer = create({"body": dumps(request.body)}, None)
    body: Any = loads(answer["body"].encode())
    headers = {"Location": f"{request.path}/{body['product']['productId']}", "ETag": '"1"'}
    return Response(201, body, headers)


handler = lambda_handler(Operation.load(TABLE), respond, authorise=lambda raw, operation: None)
