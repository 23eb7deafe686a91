"""The stack itself, on a mocked AWS: Terraform's own tests, and what they cannot say."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from contract_compiler.api_gateway.console_import import console_body, read_environment
from contract_compiler.document import load
from tests.deployment.stack import ENVIRONMENTS, PROJECT, USER_POOL, Stack, planned
from tests.unit.docs.commands import anchors

OPERATIONS = PROJECT / "docs/runbooks/product_lambda_operations.md"
VARIABLES = re.compile(r'^variable "(\w+)" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def plans(stack: Stack) -> dict[str, dict[str, Any]]:
    return {environment: stack.plan(environment) for environment in ENVIRONMENTS}


@pytest.fixture
def another(stack: Stack, tmp_path: Path) -> Stack:
    """A copy of the stack that a test may change."""
    copy = Stack.copied_to(tmp_path / "stack")
    shutil.copytree(stack.root / "terraform/.terraform", copy.root / "terraform/.terraform", symlinks=True)
    shutil.copy(stack.root / "terraform/.terraform.lock.hcl", copy.root / "terraform")
    return copy


def test_the_code_is_formatted(stack: Stack) -> None:
    stack.terraform.run("fmt", "-check", "-recursive", "-diff")


def test_the_code_is_valid(stack: Stack) -> None:
    stack.terraform.run("validate")


def test_the_stack_passes_its_own_tests(stack: Stack) -> None:
    assert "0 failed" in stack.test("dev", "stack", "table", "variables")


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_environment_plans_by_the_requirements(plans: dict[str, dict[str, Any]], environment: str) -> None:
    functions = planned(plans[environment], "aws_lambda_function")
    operations = json.loads((PROJECT / "generated/operations.json").read_text())["operations"]
    assert len(functions) == len(operations)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_console_imports_what_terraform_imports(plans: dict[str, dict[str, Any]], environment: str) -> None:
    [api] = planned(plans[environment], "aws_api_gateway_rest_api")
    settings = read_environment(PROJECT / f"terraform/environments/{environment}.tfvars.json", USER_POOL)
    template = json.loads((PROJECT / "generated/apigateway.json").read_text())
    text = json.dumps(console_body(template, load(PROJECT / "openapi/products.yaml"), settings))
    region = "af-south-1" if environment == "prod" else "eu-west-1"
    variables = {"${AWS::Partition}": "aws", "${AWS::Region}": region, "${AWS::AccountId}": "123456789012"}
    for variable, value in variables.items():
        text = text.replace(variable, value)
    assert json.loads(text) == json.loads(api["body"])


def test_the_operations_runbook_lists_every_alarm_and_no_other_with_its_section(
    plans: dict[str, dict[str, Any]],
) -> None:
    rows = dict(re.findall(r"^\| `([^`]+)` \|.*\(#([a-z0-9-]+)\)[^|]*\|$", OPERATIONS.read_text(), re.MULTILINE))
    functions = "|".join(
        f["function_name"].removesuffix("-prod") for f in planned(plans["prod"], "aws_lambda_function")
    )
    alarms = {
        re.sub(
            rf"^({functions})-prod", "bbws-FUNCTION-ENV", alarm["alarm_name"].replace("-api-prod", "-api-ENV")
        ): alarm
        for alarm in planned(plans["prod"], "aws_cloudwatch_metric_alarm")
    }
    sections = {name: alarm["alarm_description"].rpartition("#")[2] for name, alarm in alarms.items()}
    assert rows == sections
    assert set(sections.values()) <= anchors(OPERATIONS)


def test_every_operation_is_held_to_the_latency_that_the_contract_names(plans: dict[str, dict[str, Any]]) -> None:
    document = load(PROJECT / "openapi/products.yaml").value
    alarms = {each["alarm_name"]: each for each in planned(plans["prod"], "aws_cloudwatch_metric_alarm")}
    for operation in json.loads((PROJECT / "generated/operations.json").read_text())["operations"]:
        target = document["paths"][operation["path"]][operation["method"].lower()]["x-latency-target-ms"]
        for kind in ("latency", "release-latency"):
            assert alarms[f"bbws-{operation['module'].replace('_', '-')}-prod-{kind}"]["threshold"] == target


@pytest.mark.parametrize("name", ["openapi/products.yaml", "openapi/apigateway.yaml"])
def test_any_edit_of_what_the_api_is_made_from_is_a_new_deployment(
    plans: dict[str, dict[str, Any]], another: Stack, name: str
) -> None:
    edited = another.root / name
    edited.write_text(edited.read_text() + "\n")
    assert _fingerprint(another.plan("dev")) != _fingerprint(plans["dev"])


def _operations(root: Path) -> int:
    """The number of operations."""
    return len(json.loads((root / "generated/operations.json").read_text())["operations"])


def test_another_operation_needs_no_edit_of_the_stack(another: Stack) -> None:
    _rewrite(another.root / "generated/operations.json", _with_another_operation)
    _rewrite(
        another.root / "generated/handler_permissions.json",
        lambda needs: needs | {"countProducts": {"environment": []}},
    )
    (another.root / "packages/count_products.zip").touch()
    plan = another.plan("dev")
    for kind in ("aws_lambda_function", "aws_iam_role", "aws_lambda_permission", "aws_lambda_alias"):
        assert len(planned(plan, kind)) == _operations(another.root)


def test_an_operation_whose_permissions_are_not_declared_is_refused(another: Stack) -> None:
    _rewrite(another.root / "generated/operations.json", _with_another_operation)
    (another.root / "packages/count_products.zip").touch()
    with pytest.raises(Exception, match=r"handler_permissions\.json does not say what countProducts reads and calls"):
        another.plan("dev")


def test_a_table_with_other_keys_is_refused_by_name(another: Stack) -> None:
    mocks = another.root / "terraform/tests/mocks/aws.tfmock.hcl"
    mocks.write_text(mocks.read_text().replace('hash_key  = "PK"', 'hash_key  = "id"'))
    with pytest.raises(Exception, match="Table products-dev has the keys id and SK; this service needs PK and SK"):
        another.plan("dev")


def test_what_must_be_there_first_is_made_first(another: Stack) -> None:
    # A graph is of a configuration whose backend is there.
    (another.root / "terraform/backend_override.tf").write_text('terraform {\n  backend "local" {}\n}\n')
    another.terraform.init("-reconfigure")
    edges = re.findall(r'"([^"]+)" -> "([^"]+)"', another.terraform.run("graph"))

    def before(name: str) -> set[str]:
        direct = {target for source, target in edges if source == name}
        return direct.union(*map(before, direct))

    # Settings for all methods at once would take the place of a method's own.
    assert "aws_api_gateway_method_settings.default" in before("aws_api_gateway_method_settings.this")
    # API Gateway would make the group itself, and keep its lines for good.
    for name in ("aws_api_gateway_stage.this", "aws_api_gateway_method_settings.default"):
        assert "aws_cloudwatch_log_group.execution" in before(name)


def test_every_variable_is_described_and_typed() -> None:
    variables = dict(VARIABLES.findall((PROJECT / "terraform/variables.tf").read_text()))
    assert len(variables) > 10
    for name, block in variables.items():
        assert re.search(r"^  description = \"[^\"]{10,}\"$", block, re.MULTILINE), name
        assert re.search(r"^  type += +", block, re.MULTILINE), name


def test_no_account_and_no_pool_is_written_down() -> None:
    for path in [*PROJECT.glob("terraform/**/*.tf"), *PROJECT.glob("terraform/environments/*")]:
        assert not re.search(r"\b[0-9]{12}\b|userpool/[a-z]", path.read_text()), path.name


def _fingerprint(plan: dict[str, Any]) -> Any:
    [deployment] = planned(plan, "aws_api_gateway_deployment")
    return deployment["triggers"]["redeployment"]


def _rewrite(path: Path, change: Any) -> None:
    path.write_text(json.dumps(change(json.loads(path.read_text()))))


def _with_another_operation(index: dict[str, Any]) -> dict[str, Any]:
    operation = {
        "operationId": "countProducts",
        "module": "count_products",
        "method": "GET",
        "path": "/v1.0/products/count",
        "security": [],
        "throttling": None,
    }
    return {**index, "operations": [*index["operations"], operation]}
