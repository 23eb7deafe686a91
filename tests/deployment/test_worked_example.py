"""The operation that CONTRIBUTING.md adds is deployed by the stack as it is: nothing in terraform/ is edited for it."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.deployment.stack import PROJECT, Stack, planned
from tests.worked_example import OPERATION, WorkedExample

NODE_TOOLS = PROJECT / "scripts/toolchain/node_modules"
FUNCTION = "bbws-restore-product-dev"


@pytest.fixture
def grown(stack: Stack, tmp_path: Path) -> Stack:
    """The stack of a copy of the project in which the example is done."""
    if not (NODE_TOOLS / ".bin/openapi-typescript").exists():
        missing = "scripts/generate needs the Node.js tools, which are not installed"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    example = WorkedExample(tmp_path / "project")
    touched = example.follow(OPERATION)
    assert not [name for name in touched if name.startswith("terraform/")]
    example.script("generate")
    copy = Stack.copied_to(tmp_path / "stack", example.root)
    shutil.copytree(stack.root / "terraform/.terraform", copy.root / "terraform/.terraform", symlinks=True)
    shutil.copy(stack.root / "terraform/.terraform.lock.hcl", copy.root / "terraform")
    return copy


def test_the_new_operation_is_planned_with_its_role_and_its_route(grown: Stack) -> None:
    plan = grown.plan("dev")
    functions = {function["function_name"]: function for function in planned(plan, "aws_lambda_function")}
    assert len(functions) == len(json.loads((grown.root / "generated/operations.json").read_text())["operations"])
    assert functions[FUNCTION]["handler"] == "products.handlers.restore_product.handler"
    [variables] = functions[FUNCTION]["environment"]
    assert set(variables["variables"]) == {"PRODUCTS_TABLE", "ALLOWED_ORIGINS"}
    [api] = planned(plan, "aws_api_gateway_rest_api")
    route = json.loads(api["body"])["paths"]["/v1.0/products/{productId}/restore"]["post"]
    assert f":function:{FUNCTION}:live/" in route["x-amazon-apigateway-integration"]["uri"]
    needs = json.loads((grown.root / "generated/handler_permissions.json").read_text())
    assert needs["restoreProduct"]["dynamodb"] == {
        "table": ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
    }
    for kind in ("aws_iam_role", "aws_lambda_alias", "aws_lambda_permission", "aws_cloudwatch_log_group"):
        assert any("restore-product" in json.dumps(each) for each in planned(plan, kind)), kind
