"""What the handlers declare is gathered without running them, and one that declares nothing is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contract_compiler.__main__ import main
from contract_compiler.diagnostics import InvalidDocument
from contract_compiler.document import load
from contract_compiler.handler_permissions import handler_permissions

PROJECT = Path(__file__).parents[3]
READS = 'PERMISSIONS = {"dynamodb": {"table": ["dynamodb:GetItem"]}}\nraise SystemExit("this must never run")\n'


@pytest.fixture
def handlers(tmp_path: Path) -> Path:
    """A handler for each operation of the document."""
    for name in names():
        (tmp_path / f"{name}.py").write_text(READS)
    return tmp_path


def names() -> list[str]:
    index = json.loads((PROJECT / "generated/operations.json").read_text())
    return [operation["module"] for operation in index["operations"]]


def ours(handlers: Path) -> dict[str, object]:
    return handler_permissions(load(PROJECT / "openapi/products.yaml"), handlers)


def test_each_operation_has_what_its_handler_declares(handlers: Path) -> None:
    found = ours(handlers)
    assert len(found) == len(names())
    assert found["getProduct"] == {"dynamodb": {"table": ["dynamodb:GetItem"]}}


def test_what_the_package_declares_belongs_to_every_handler(handlers: Path) -> None:
    (handlers / "__init__.py").write_text(
        'PERMISSIONS = {"environment": ["TABLE"], "dynamodb": {"table": ["dynamodb:Query"]}}\n'
    )
    assert ours(handlers)["getProduct"] == {
        "environment": ["TABLE"],
        "dynamodb": {"table": ["dynamodb:GetItem", "dynamodb:Query"]},
    }


@pytest.mark.parametrize(
    "source",
    [
        "",
        "PERMISSIONS = 1\n",
        "PERMISSIONS = {1: []}\n",
        "PERMISSIONS = {'a': [1]}\n",
        "PERMISSIONS = dict(a=[])\n",
        "PERMISSIONS = {'a': {'b': 'c'}}\n",
    ],
)
def test_a_handler_that_does_not_declare_its_needs_is_refused(handlers: Path, source: str) -> None:
    (handlers / "get_product.py").write_text(source)
    with pytest.raises(InvalidDocument) as refused:
        ours(handlers)
    [finding] = refused.value.diagnostics
    assert (finding.rule, finding.keyword) == ("handler-permissions", "operationId")
    assert "get_product.py does not declare PERMISSIONS" in finding.message


def test_needs_of_the_package_that_cannot_be_read_are_not_taken_for_none(handlers: Path) -> None:
    (handlers / "__init__.py").write_text("PERMISSIONS = dict(environment=['TABLE'])\n")
    with pytest.raises(InvalidDocument, match=r"__init__\.py does not declare PERMISSIONS"):
        ours(handlers)


def test_our_own_are_written_beside_the_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    handlers = str(PROJECT / "src/products/handlers")
    written = ["--out", str(tmp_path), "--permissions", "handler_permissions.json"]
    wanted = [str(PROJECT / "openapi/products.yaml"), *written]
    with pytest.raises(SystemExit):
        main(wanted)
    assert "give --handlers too" in capsys.readouterr().err
    assert main([*wanted, "--handlers", handlers]) == 0
    assert (tmp_path / "handler_permissions.json").read_text() == (
        PROJECT / "generated/handler_permissions.json"
    ).read_text()
