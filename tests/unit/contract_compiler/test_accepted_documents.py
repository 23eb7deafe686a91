"""Documents that compile, and whose tables the run time can work with."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from contract.operation import Operation
from contract_compiler.document import load
from contract_compiler.lint import lint
from contract_compiler.operation_tables import tables
from contract_compiler.output import TABLES

DOCUMENTS = sorted((Path(__file__).parents[2] / "fixtures" / "documents" / "accepted").glob("*.yaml"))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_the_document_compiles_into_tables_that_the_run_time_reads(path: Path) -> None:
    document = load(path)
    lint(document)
    for name, text in tables(document).items():
        table = json.loads(text, parse_float=Decimal)
        if name.startswith(f"{TABLES}/"):
            assert Operation(table).operation_id == table["operationId"]
