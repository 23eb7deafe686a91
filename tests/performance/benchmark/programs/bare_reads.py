"""The get and the list that a team writes first: boto3, and no checks."""

import json
import os
from typing import Any

import boto3

client = boto3.client("dynamodb")


def get_product(event: dict[str, Any], context: object) -> dict[str, Any]:
    product_id = event["pathParameters"]["productId"]
    key = {"PK": {"S": f"PRODUCT#{product_id}"}, "SK": {"S": "METADATA"}}
    item = client.get_item(TableName=os.environ["PRODUCTS_TABLE"], Key=key, ConsistentRead=True)["Item"]
    return _answer({"product": _product(item)})


def list_products(event: dict[str, Any], context: object) -> dict[str, Any]:
    items = client.query(
        TableName=os.environ["PRODUCTS_TABLE"],
        IndexName="ActiveProductsIndex",
        KeyConditionExpression="active = :active",
        ExpressionAttributeValues={":active": {"S": "true"}},
        Limit=int(event["queryStringParameters"]["limit"]) + 1,
    )["Items"]
    return _answer({"products": [_product(item) for item in items], "count": len(items)})


def _product(item: dict[str, Any]) -> dict[str, Any]:
    texts = ("productId", "name", "description", "currency", "period", "createdAt", "updatedAt")
    return {
        **{name: item[name]["S"] for name in texts},
        "price": float(item["price"]["N"]),
        "features": [feature["S"] for feature in item["features"]["L"]],
        "active": item["active"]["S"] == "true",
    }


def _answer(body: dict[str, Any]) -> dict[str, Any]:
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(body)}
