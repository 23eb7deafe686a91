"""Documents that are made on the spot, compiled as the command line compiles them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from contract.operation import Operation
from contract_compiler.diagnostics import InvalidDocument
from contract_compiler.document import parse
from contract_compiler.lint import lint
from contract_compiler.operation_tables import tables
from contract_compiler.output import json_text


def compiled(document: Mapping[str, Any]) -> dict[str, Operation]:
    """The engine's operations by their ids. Raises contract_compiler.diagnostics.InvalidDocument."""
    node = parse(json_text(document, sort_keys=False))
    # The engine's own errors never leave here, so nobody has declared them.
    if warnings := [warning for warning in lint(node) if warning.rule != "error-body"]:
        raise InvalidDocument(warnings)
    texts = [text for name, text in tables(node).items() if name.startswith("operations/")]
    found = [Operation(json.loads(text, parse_float=Decimal)) for text in texts]
    return {operation.operation_id: operation for operation in found}
