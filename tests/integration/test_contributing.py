"""The worked examples of CONTRIBUTING.md work: what they say is done to a copy, tested there, and served."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from lambda_packages.build import REQUIREMENTS, contents, functions
from lambda_packages.target import Target, choose_interpreter, this_architecture, unpacked_wheels
from tests.served import Served, served
from tests.worked_example import FIELD, FILTER, OPERATION, ROOT, WorkedExample, blocks

CONTRACT = "openapi/products.yaml"
BEFORE = "build/before.yaml"
NODE_TOOLS = ROOT / "scripts/toolchain/node_modules"
HANDLER, TESTS = "src/products/handlers/restore_product.py", "tests/integration/products/test_restoring.py"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> WorkedExample:
    """A copy in which the first examples are done; generating is for all together, to save the time."""
    if not (NODE_TOOLS / ".bin/openapi-typescript").exists():
        missing = "scripts/generate needs the Node.js tools, which are not installed"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    found = WorkedExample(tmp_path_factory.mktemp("worked") / "project")
    (found.root / "build").mkdir()
    shutil.copy(found.root / CONTRACT, found.root / BEFORE)
    found.follow(FIELD)
    found.follow(FILTER)
    return found


@pytest.fixture(scope="module")
def edited(example: WorkedExample) -> Mapping[str, set[str]]:
    """What following the second example touches, and what generating changes after that."""
    before = example.files()
    touched = example.follow(OPERATION)
    between = example.files()
    example.script("generate")
    after = example.files()
    assert {name for name in between if between[name] != before.get(name)} == touched
    return {"touched": touched, "generated": {name for name in after if after[name] != between.get(name)}}


@pytest.fixture(scope="module")
def cloud(example: WorkedExample, edited: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    with served(tmp_path_factory.mktemp("served"), root=example.root) as running:
        yield running


def test_an_operation_touches_the_contract_a_handler_its_service_and_its_tests(edited: Mapping[str, set[str]]) -> None:
    assert edited["touched"] == {CONTRACT, HANDLER, "src/products/service.py", TESTS}
    assert {name.split("/")[0] for name in edited["generated"]} == {"generated"}
    assert "generated/operations/restore_product.json" in edited["generated"]


def test_the_examples_are_formatted_and_linted(example: WorkedExample, edited: Any) -> None:
    for check in (("format", "--check"), ("check",)):
        example.python("-m", "ruff", *check, "--no-cache", "src/products", "tests/integration/products")


def test_their_own_tests_pass_and_those_of_the_contract(example: WorkedExample, edited: Any) -> None:
    tests = [
        block.path for name in (FIELD, FILTER, OPERATION) for block in blocks(name) if block.path.startswith("tests/")
    ]
    tests += [f"tests/integration/products/test_{name}.py" for name in ("fields", "handler_permissions")]
    example.python("-m", "pytest", "-q", "-p", "no:cacheprovider", *tests, "-k", "moto")


def test_all_are_additions_by_the_rules_that_the_page_names(example: WorkedExample, edited: Any) -> None:
    now = example.root / CONTRACT
    unmoved = now.read_text()
    try:
        now.write_text(unmoved.replace("\n  version: ", "\n  version: 9"))
        printed = example.script("contract_diff", str(example.root / BEFORE), str(now))
    finally:
        now.write_text(unmoved)
    consoles = [each for part in (FIELD, FILTER, OPERATION) for each in blocks(part) if each.language == "console"]
    named = {line for block in consoles for line in block.text.splitlines()}
    assert {line for line in printed.splitlines() if line.startswith(("addition ", "breaking "))} == named


def test_the_package_of_the_operation_has_its_handler_and_its_table(example: WorkedExample, edited: Any) -> None:
    version, _ = choose_interpreter(None, lambda line: None)
    wheels = unpacked_wheels(ROOT / REQUIREMENTS, Target(this_architecture(), version), ROOT / "build/lambda")
    [function] = [each for each in functions(example.root) if each.name == "restore_product"]
    package = contents(function, example.root, wheels)
    assert "products/handlers/restore_product.py" in package.sources
    assert "products/handlers/update_product.py" not in package.sources
    table = "generated/operations/restore_product.json"
    assert package.files[table] == example.root / table


def test_the_served_api_has_the_field_and_the_operation(cloud: Served) -> None:
    entry = {
        "name": "Badged",
        "description": "For a trial only.",
        "price": 1,
        "period": "per year",
        "badge": "Best value",
    }
    product = send(cloud, "POST", "", {**entry, "features": ["One domain"]})["product"]
    assert product["badge"] == "Best value"
    send(cloud, "DELETE", f"/{product['productId']}")
    restored = send(cloud, "POST", f"/{product['productId']}/restore")["product"]
    assert restored == {**product, "updatedAt": restored["updatedAt"]}
    assert cloud.disagreements()["count"] == 0


def send(cloud: Served, method: str, path: str, body: Any = None) -> Any:
    headers = {"Authorization": f"Bearer {cloud.token('platform-admin')}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = Request(f"{cloud.url}/v1.0/products{path}", data, headers, method=method)
    with urlopen(request) as response:
        return json.loads(response.read() or "null")


def test_a_diff_that_does_not_apply_any_more_is_named_by_its_lines(tmp_path: Path) -> None:
    copy = WorkedExample(tmp_path)
    (copy.root / CONTRACT).write_text("openapi: 3.0.3\n")
    first = next(block for block in blocks(FIELD) if block.language == "diff")
    begin, end = first.lines
    assert (ROOT / "CONTRIBUTING.md").read_text().splitlines()[begin - 1 : end] == first.text.splitlines()
    with pytest.raises(AssertionError, match=f"CONTRIBUTING.md, lines {begin} to {end}: .*in {CONTRACT}"):
        copy.follow(FIELD)


def test_every_command_of_the_page_is_there() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = {word.strip("`.,;:)") for word in page.split() if word.strip("`(").startswith("scripts/")}
    assert all((ROOT / Path(name.strip("`("))).exists() for name in named), named
