"""What an account needs once: its own tests on a mocked AWS, and that its roles cover what the stack consists of."""

from __future__ import annotations

import re

import pytest

from rehearsal.terraform import Terraform
from tests.deployment.stack import PROJECT, Stack

# By the first words of a resource's type, the service that IAM knows it by.
SERVICES = {
    "aws_api_gateway": "apigateway",
    "aws_cloudwatch_dashboard": "cloudwatch",
    "aws_cloudwatch_log": "logs",
    "aws_cloudwatch_metric_alarm": "cloudwatch",
    "aws_codedeploy": "codedeploy",
    "aws_iam": "iam",
    "aws_lambda": "lambda",
    "aws_sns": "sns",
    "aws_wafv2": "wafv2",
}


@pytest.fixture(scope="module")
def account(stack: Stack) -> Terraform:
    terraform = Terraform.at(stack.root / "terraform/account")
    terraform.init("-backend=false")
    return terraform


def test_the_account_is_valid_and_passes_its_own_tests(account: Terraform) -> None:
    account.run("validate")
    assert "0 failed" in account.run("test")


def test_who_deploys_may_make_every_kind_of_resource_that_the_stack_has() -> None:
    permissions = (PROJECT / "terraform/account/permissions.tf").read_text()
    stack = "".join(path.read_text() for path in PROJECT.glob("terraform/*.tf"))
    kinds = set(re.findall(r'^resource "(\w+)"', stack, re.MULTILINE))
    assert kinds
    for kind in kinds:
        [service] = [service for prefix, service in SERVICES.items() if kind.startswith(prefix)]
        assert re.search(rf'"{service}:(Create|Put|POST)', permissions), kind
