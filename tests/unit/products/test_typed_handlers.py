"""A slip in a handler is found by the type checker: the contract has a type for each part of a request and response."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
HANDLERS = ROOT / "src/products/handlers"
SLIPS = {
    "nothing": ("get_product", "tag = ", "tag = "),
    "a query parameter's name": ("list_products", 'query["limit"]', 'query["limits"]'),
    "an optional query parameter's name": ("list_products", '.get("nextToken")', '.get("nexttoken")'),
    "a path parameter's name": ("get_product", 'path_parameters["productId"]', 'path_parameters["id"]'),
    "a request header's name": ("create_product", '"Idempotency-Key"', '"Idempotence-Key"'),
    "the type of the body": ("create_product", "CreateProductRequest as", "UpdateProductRequest as"),
    "a status": ("create_product", "Response(201", "Response(200"),
    "a member of the response": ("get_product", '{"product": product}', '{"item": product}'),
    "the type of a member of the response": ("list_products", '"count": len(products)', '"count": "many"'),
    "a response header's name": ("update_product", '{"ETag":', '{"Etag":'),
    "a required response header": ("update_product", ', {"ETag": tag}', ""),
    "a body where there is none": ("delete_product", "Response(204)", 'Response(204, {"product": 1})'),
}


@pytest.fixture(scope="module")
def faulty_modules(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of the copies that mypy finds errors in."""
    folder = tmp_path_factory.mktemp("slips")
    for number, (module, right, wrong) in enumerate(SLIPS.values()):
        source = (HANDLERS / f"{module}.py").read_text()
        assert right in source, f"{module}.py has no {right}: choose another place for the slip"
        (folder / f"slip{number}.py").write_text(source.replace(right, wrong, 1))
    command = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml")]
    done = subprocess.run(
        [*command, *sorted(map(str, folder.glob("*.py")))],
        cwd=ROOT,
        env={**os.environ, "MYPYPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    errors = [line for line in done.stdout.splitlines() if ": error: " in line]
    assert errors, done.stdout + done.stderr
    return {Path(line.partition(":")[0]).stem for line in errors}


@pytest.mark.parametrize("slip", SLIPS)
def test_mypy_finds_a_slip_in(slip: str, faulty_modules: set[str]) -> None:
    assert (f"slip{list(SLIPS).index(slip)}" in faulty_modules) is (slip != "nothing")
