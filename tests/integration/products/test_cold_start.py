from __future__ import annotations

import json
import os
import subprocess
import sys

from tests.integration.products.api import REGION, Table

STORY = """
import json
from importlib import import_module
from local_aws.asgi import HttpRequest
from local_aws.gateway.call import Call
from local_aws.gateway.lambda_proxy import proxy_event
from local_aws.gateway.stage import Stage

def call(function, method, resource, claims=None, body=b""):
    headers = (("content-type", "application/json"),) if body else ()
    request = HttpRequest(method, resource, "", headers, body, "127.0.0.1")
    event = proxy_event(Call(request, Stage("local"), request.path, claims=claims), resource, headers)
    return import_module("products.handlers." + function).handler(event, None)

product = {"name": "Entry", "description": "A single page.", "price": 95, "period": "yearly", "features": ["Domain"]}
claims = {"sub": "1", "cognito:groups": "[platform-admin]"}
created = call("create_product", "POST", "/v1.0/products", claims, json.dumps(product).encode())
listed = call("list_products", "GET", "/v1.0/products")
print(json.dumps([created["statusCode"], json.loads(listed["body"])["count"]]))
"""


def test_a_function_takes_everything_from_its_environment(table: Table) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(["src", "."]),
        "PRODUCTS_TABLE": table.name,
        "AWS_REGION": REGION,
        "CURSOR_SIGNING_KEYS": "a-new-key-of-this-month,the-key-of-last-month",
        "ALLOWED_ORIGINS": "",
        "LOG_LEVEL": "WARNING",
    }
    told = subprocess.run([sys.executable, "-c", STORY], env=environment, capture_output=True, text=True, check=True)
    assert (json.loads(told.stdout), told.stderr) == ([201, 1], "")
