"""The create that a team writes first: boto3, and no checks."""

import json
import os
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import boto3

client = boto3.client("dynamodb")


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    product = json.loads(event["body"], parse_float=Decimal)
    now = datetime.now(UTC).isoformat()
    product |= {"productId": str(uuid.uuid4()), "active": True, "createdAt": now, "updatedAt": now}
    item = {
        "PK": {"S": f"PRODUCT#{product['productId']}"},
        "SK": {"S": "METADATA"},
        "productId": {"S": product["productId"]},
        "name": {"S": product["name"]},
        "description": {"S": product["description"]},
        "price": {"N": str(product["price"])},
        "period": {"S": product["period"]},
        "features": {"L": [{"S": feature} for feature in product["features"]]},
        "active": {"S": "true"},
        "createdAt": {"S": now},
        "updatedAt": {"S": now},
    }
    client.put_item(TableName=os.environ["PRODUCTS_TABLE"], Item=item, ConditionExpression="attribute_not_exists(PK)")
    body = json.dumps({"product": {**product, "price": float(product["price"])}})
    return {"statusCode": 201, "headers": {"Content-Type": "application/json"}, "body": body}
