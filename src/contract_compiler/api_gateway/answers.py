"""What a contract says of the answers with one status, for the gateway gives some of them in the service's place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema_rs import Draft202012Validator

from contract.cors import Cors
from contract_compiler.diagnostics import Diagnostic, InvalidDocument
from contract_compiler.document import Node
from contract_compiler.operations import Table, operation_table
from contract_compiler.traversal import operations

Mappings = dict[str, str]


class Answers:
    """The answers that the contract's operations declare, and how API Gateway makes their headers.

    `sources` are mapping expressions for headers whose value the contract leaves open.
    """

    def __init__(self, document: Node, sources: Mapping[str, str]) -> None:
        self._paths = document["paths"]
        self._tables = [operation_table(operation) for operation in operations(document)]
        self._sources = sources

    def headers(self, status: int, **sources: str) -> Mappings:
        """A mapping expression for each header that answers with this status have.

        Raises:
            InvalidDocument: no operation declares the status, or one requires a header that has no source, or that
                others have with another value.
        """
        rows = [row for _, answer in self._declared(status) for row in answer["headers"].items()]
        found = {name: {self._mapping(name, row, sources) for each, row in rows if each == name} for name, _ in rows}
        mappings = {name: values.pop() for name, values in sorted(found.items()) if len(values) == 1}
        for name, row in rows:
            if row["required"] and mappings.get(name) is None:
                raise InvalidDocument([self._finding(f"the gateway cannot make the header {name} of a {status}")])
        return {name: mapping for name, mapping in mappings.items() if mapping is not None}

    def headers_of_all(self) -> Mappings:
        """The headers that every answer of the contract must have, and that are the same in all of them."""
        required = [
            {(name, self._mapping(name, row, {})) for name, row in answer["headers"].items() if row["required"]}
            for table in self._tables
            for answer in table["responses"].values()
        ]
        return {name: mapping for name, mapping in sorted(set.intersection(*required)) if mapping is not None}

    def check(self, status: int, body: Any) -> None:
        """Hold a sample of the gateway's answer to every schema that the contract has for this status.

        Raises:
            InvalidDocument: no operation declares the status, or one declares another shape.
        """
        for table, answer in self._declared(status):
            for media in answer["content"].values():
                schema = {**media.get("schema", {}), "$defs": table["definitions"]}
                if not Draft202012Validator(schema).is_valid(body):
                    message = f"the gateway's {status} does not have the shape that {table['operationId']} declares"
                    raise InvalidDocument([self._finding(message)])

    def _declared(self, status: int) -> Iterator[tuple[Table, dict[str, Any]]]:
        found = False
        for table in self._tables:
            for key in (str(status), f"{status // 100}XX", "default"):
                if key in table["responses"]:
                    found = True
                    yield table, table["responses"][key]
                    break
        if not found:
            raise InvalidDocument([self._finding(f"the gateway answers {status}, and no operation declares it")])

    def _mapping(self, name: str, row: Mapping[str, Any], sources: Mapping[str, str]) -> str | None:
        if "constant" in row:
            return quoted(row["constant"])
        return sources.get(name) or self._sources.get(name)

    def _finding(self, message: str) -> Diagnostic:
        return self._paths.diagnostic("gateway-answer", message)


def quoted(text: str) -> str:
    """The text as a mapping expression of its own. API Gateway knows no way to write a quote inside it: ValueError."""
    if "'" in text:
        raise ValueError("a header that API Gateway makes cannot hold a single quote")
    return f"'{text}'"


def exposed(names: Mapping[str, str]) -> str:
    """The value of Access-Control-Expose-Headers for these headers: what the functions' answers say, too."""
    return Cors(["any"], sorted(names)).added_to({}, "any").get("Access-Control-Expose-Headers", "")
