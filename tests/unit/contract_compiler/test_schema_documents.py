"""One document for each behaviour of schemas; the document itself says what is valid, in `x-cases`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contract.schemas import Schema
from contract_compiler.document import Node, load
from contract_compiler.lint import lint
from contract_compiler.schemas import Schemas
from contract_compiler.traversal import Direction

DOCUMENTS = Path(__file__).parents[2] / "fixtures" / "documents" / "schemas"
DIRECTIONS: tuple[Direction, ...] = ("request", "response")


def cases() -> Iterator[Any]:
    for path in sorted(DOCUMENTS.glob("*.yaml")):
        document = load(path)
        stated = document.read("x-cases")
        for direction in DIRECTIONS:
            for verdict, values in stated.get(direction, stated).items():
                for index, value in enumerate(values):
                    name = f"{path.stem}-{direction}-{verdict}-{index}"
                    yield pytest.param(document, direction, value, verdict == "valid", id=name)


@pytest.mark.parametrize(("document", "direction", "value", "expected"), list(cases()))
def test_a_compiled_schema_decides_as_the_document_means(
    document: Node, direction: Direction, value: object, expected: bool
) -> None:
    schemas = Schemas()
    compiled = schemas.translate(document["components"]["schemas"]["Thing"], direction)
    validator = Schema(compiled, schemas.definitions)
    assert validator.is_valid(value) is expected  # type: ignore[arg-type]


@pytest.mark.parametrize("path", sorted(DOCUMENTS.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_document_is_not_refused(path: Path) -> None:
    lint(load(path))
