"""A second resource is no special case: in a copy of the project that has one, everything works, and no tool is edited.

What is added is in tests/fixtures/second_resource, which CONTRIBUTING.md refers to.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.deployment.stack import PROJECT, Stack, planned
from tests.served import Served, served
from tests.worked_example import WorkedExample

pytestmark = pytest.mark.failover

ADDED = {"createCategory", "getCategory", "listCategories"}


@pytest.fixture(scope="module")
def touched() -> set[str]:
    """The files that were added and edited; filled when the copy is made."""
    return set()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, touched: set[str]) -> WorkedExample:
    if not (PROJECT / "scripts/toolchain/node_modules/.bin/openapi-typescript").exists():
        missing = "scripts/generate needs the Node.js tools, which are not installed"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    copy = WorkedExample(tmp_path_factory.mktemp("second") / "project")
    touched |= copy.add_second_resource()
    copy.script("generate")
    return copy


@pytest.fixture(scope="module")
def cloud(project: WorkedExample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("served"), root=project.root) as running:
        yield running


@pytest.fixture
def administrator(cloud: Served, monkeypatch: pytest.MonkeyPatch) -> str:
    """An administrator's token, which is also where the scripts look for it."""
    token = cloud.token("platform-admin")
    monkeypatch.setenv("API_TOKEN", token)
    return token


def test_only_the_contract_the_product_and_tests_are_touched(project: WorkedExample, touched: set[str]) -> None:
    assert {name for name in touched if not name.startswith(("src/products/", "tests/"))} == {"openapi/products.yaml"}
    assert set(project.operations()) >= ADDED


def test_it_is_formatted_linted_and_typed(project: WorkedExample) -> None:
    project.python("-m", "ruff", "format", "--no-cache", "--check", ".")
    project.python("-m", "ruff", "check", "--no-cache", ".")
    project.python("-m", "mypy", "src/products")
    project.script("generate", "--check")


def test_its_own_tests_pass_and_those_of_the_contract_and_of_permissions(project: WorkedExample) -> None:
    tests = ("products/test_categories.py", "products/test_handler_permissions.py", "test_documented_examples.py")
    named = [f"tests/integration/{name}" for name in tests]
    project.python("-m", "pytest", "-q", "-p", "no:cacheprovider", *named, "-k", "not dynamodb-local")


def test_each_operation_is_deployed_with_a_role_for_its_own_calls_only(
    project: WorkedExample, stack: Stack, tmp_path_factory: pytest.TempPathFactory
) -> None:
    copy = Stack.copied_to(tmp_path_factory.mktemp("terraform") / "stack", project.root)
    shutil.copytree(stack.root / "terraform/.terraform", copy.root / "terraform/.terraform", symlinks=True)
    shutil.copy(stack.root / "terraform/.terraform.lock.hcl", copy.root / "terraform")
    copy.terraform.run("validate")
    copy.test("dev", "stack", "environment")
    plan = copy.plan("dev")
    functions = {each["function_name"] for each in planned(plan, "aws_lambda_function")}
    assert {"bbws-list-categories-dev", "bbws-create-category-dev", "bbws-get-category-dev"} <= functions
    assert len(functions) == len(project.operations())
    [api] = planned(plan, "aws_api_gateway_rest_api")
    assert {"/v1.0/categories", "/v1.0/categories/{categoryId}"} <= json.loads(api["body"])["paths"].keys()
    allowed = {
        change["index"]: {
            action
            for statement in json.loads(change["change"]["after"]["policy"])["Statement"]
            for action in statement["Action"]
            if action.startswith("dynamodb:")
        }
        for change in plan["resource_changes"]
        if change["address"].startswith("aws_iam_role_policy.function[")
    }
    assert {name: allowed[name] for name in ADDED} == {
        "createCategory": {"dynamodb:PutItem"},
        "getCategory": {"dynamodb:GetItem"},
        "listCategories": {"dynamodb:Query"},
    }


def test_each_operation_answers_where_it_is_served(cloud: Served, administrator: str) -> None:
    created = send(cloud, administrator, "POST", "", {"title": "Shops"})["category"]
    assert send(cloud, administrator, "GET", f"/{created['categoryId']}")["category"] == created
    assert created in send(cloud, administrator, "GET", "")["categories"]
    assert cloud.disagreements()["count"] == 0


def test_a_validation_calls_what_reads_and_names_what_it_did_not_call(
    project: WorkedExample, cloud: Served, administrator: str
) -> None:
    report = project.root / "build" / "validation.json"
    report.parent.mkdir(exist_ok=True)
    printed = project.python("-m", "deployment_validation", cloud.url, "--requests", "1", "--json", str(report))
    assert set(json.loads(report.read_text())["notCalled"]) == {"createCategory"}
    assert "1 not called" in printed


def test_the_fuzzer_finds_nothing(project: WorkedExample, cloud: Served, administrator: str) -> None:
    # Of so few cases most may be refused by chance, which is a warning, and an exit status of 1.
    run = "import sys; from fuzzing.__main__ import main; sys.exit(main(sys.argv[1:]) == 2)"
    project.python("-c", run, cloud.url, "--seed", "20250115", "--max-examples", "5")
    report = json.loads((project.root / "build/fuzz/report.json").read_bytes())
    assert (report["complete"], report["failures"], report["errors"]) == (True, [], [])
    assert cloud.disagreements()["count"] == 0


def test_the_load_leaves_it_out_by_name(project: WorkedExample) -> None:
    mix = project.python("-c", "from load.traffic import Mix; print(*sorted(Mix.read().left_out))")
    assert set(mix.split()) == ADDED


def send(cloud: Served, token: str, method: str, path: str, body: Any = None) -> Any:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(f"{cloud.url}/v1.0/categories{path}", data, headers, method=method)) as response:
        return json.loads(response.read())
