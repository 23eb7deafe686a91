"""Operations and handlers belong together, one to one."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract_compiler.diagnostics import InvalidDocument
from contract_compiler.document import Node, parse
from contract_compiler.lint import lint

DOCUMENT = """
openapi: 3.0.3
info: {title: Things, version: '1'}
paths:
  /things:
    get:
      operationId: listThings
      responses:
        default: {description: Any answer.}
"""


@pytest.fixture
def document() -> Node:
    return parse(DOCUMENT)


def test_every_operation_with_its_handler_is_fine(document: Node, tmp_path: Path) -> None:
    (tmp_path / "list_things.py").touch()
    (tmp_path / "__init__.py").touch()
    (tmp_path / "notes.txt").touch()
    lint(document, tmp_path)


def test_an_operation_without_a_handler_is_refused(document: Node, tmp_path: Path) -> None:
    with pytest.raises(InvalidDocument) as caught:
        lint(document, tmp_path)
    (finding,) = caught.value.diagnostics
    assert (finding.rule, finding.pointer) == ("handler-missing", "/paths/~1things/get/operationId")
    assert "list_things.py" in finding.message


def test_a_handler_without_an_operation_is_refused(document: Node, tmp_path: Path) -> None:
    (tmp_path / "list_things.py").touch()
    (tmp_path / "get_thing.py").touch()
    with pytest.raises(InvalidDocument, match=r"get_thing\.py \[handler-unknown\]"):
        lint(document, tmp_path)
