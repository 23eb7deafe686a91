"""`Operation`: one operation of the contract, loaded from its compiled table."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from contract.gateway_event import RawRequest
from contract.messages import JSON, Request
from contract.parameters import LOCATIONS, Location, Parameter
from contract.problems import Violation, invalid_request
from contract.request_body import RequestBody
from contract.responses import Responses
from contract.schemas import Definitions

TABLE_FORMAT = 1


class Operation:
    """One compiled operation, which checks its requests. `responses` checks and completes what answers them.

    `security` are the alternatives of the contract's security requirement, [] when the operation is public;
    `security_schemes` the schemes they name, as the contract has them, extensions included.
    """

    def __init__(self, table: Mapping[str, Any]) -> None:
        """Takes a compiled table, its numbers as int and Decimal. Raises ValueError for a table of another format."""
        if table["format"] != TABLE_FORMAT:
            raise ValueError(f"the table's format must be {TABLE_FORMAT}: compile the contract again")
        self.operation_id: str = table["operationId"]
        self.method: str = table["method"]
        self.path: str = table["path"]
        self.security: Sequence[Mapping[str, Sequence[str]]] = table["security"]
        self.security_schemes: Mapping[str, Mapping[str, Any]] = table["securitySchemes"]
        self._documents: Mapping[str, Any] = table["definitions"]
        self._definitions = definitions = Definitions(self._documents)
        api_keys = [scheme["name"] for scheme in self.security_schemes.values() if scheme.get("in") == "query"]
        # Those with something to check: a query always has, for what it must not have.
        self._locations: list[tuple[str, Location]] = []
        for where in LOCATIONS:
            parameters = [Parameter(each, definitions) for each in table["parameters"] if each["in"] == where]
            if parameters or where == "query":
                self._locations.append((where, Location(where, parameters, api_keys)))
        self._body = RequestBody(table["requestBody"], definitions) if table["requestBody"] else None
        self.responses = Responses(self.method, table["responses"], definitions)

    @classmethod
    def load(cls, path: str | Path) -> Operation:
        """Returns the operation of a table's file."""
        return cls(json.loads(Path(path).read_bytes(), parse_float=Decimal))

    def check_request(self, raw: RawRequest) -> Request:
        """Returns the typed request, defaults filled in.

        Raises Refusal: 413 or 415 for a body that is not read, 400 with every violation, in the order path, query,
        header, cookie, body.
        """
        values: dict[str, dict[str, JSON]] = {where: {} for where in LOCATIONS}
        violations: list[Violation] = []
        for where, location in self._locations:
            violations += location.read(raw, values[where])
        body = None
        if self._body:
            body, found = self._body.read(raw)
            violations += found
        if violations:
            raise invalid_request(violations)
        return Request(
            self.operation_id,
            raw.request_id,
            raw.path,
            path_parameters=values["path"],
            query=values["query"],
            headers=values["header"],
            body=body,
            claims=raw.claims,
            cookies=values["cookie"],
            route=self.path,
        )

    def property_names(self, definition: str) -> list[str]:
        """Returns the properties that the contract's schema of this name lists, by `allOf` too.

        The required ones come first, in the contract's order. Empty when the operation does not use the schema.
        """
        document = self._documents.get(definition, {})
        listed = document.get("properties", {})
        names = [name for name in document.get("required", ()) if name in listed]
        names += [name for name in listed if name not in names]
        for part in document.get("allOf", ()):
            names += part.get("properties", ())
            names += self.property_names(part.get("$ref", "").rpartition("/")[2])
        return names

    def invalid_property(self, definition: str, value: JSON) -> str | None:
        """Returns the first property that is invalid against the schema; None for a valid value."""
        errors = self._definitions.schema({"$ref": f"#/$defs/{definition}"}).errors(value)
        if not errors:
            return None
        path = errors[0].path
        return str(path[0]) if path else ""
