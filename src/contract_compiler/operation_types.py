"""Types of each operation's request and responses, as a stub: a type checker reads it, and nothing imports it.

A handler is checked against them without a cast:

    if TYPE_CHECKING:
        from generated.operation_types import GetThingRequest as Request
        from generated.operation_types import GetThingResponse as Response
    else:
        from contract.messages import Response

`GetThingRequest` has a key for each parameter that the contract declares; one that may be absent is NotRequired.
`GetThingResponse` is made in one way for each declared status, with the body and the headers of that status. Headers
that the run time adds by itself may be left out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath
from typing import Any

from contract.problems import PROBLEMS
from contract_compiler.defaults import own_default
from contract_compiler.document import Node, all_of_parts, follow, target
from contract_compiler.operation_tables import module_name
from contract_compiler.parameters import header_rows, parameters, value_schema
from contract_compiler.schemas import Schemas, differs_by_direction
from contract_compiler.traversal import OperationNode, operations

_HEAD = """\
# Generated from the contract by scripts/generate. Change the contract, not this file.
from collections.abc import Callable
from decimal import Decimal
from typing import Literal, NotRequired, Self, TypeAlias, TypedDict, overload

from contract.messages import JSON, Request, Response
"""
_SCALARS = {"string": "str", "integer": "int", "number": "Decimal", "boolean": "bool"}
_PLACES = {"path": "Path", "query": "Query", "header": "Headers"}


def operation_types(document: Node, types: str, files: Mapping[str, str]) -> str:
    """The text of the stub. `types` is the name of the file beside it, among `files`, with the types of the schemas."""
    known = {
        statement.name if isinstance(statement, ast.ClassDef) else ast.unparse(statement.target)
        for statement in ast.parse(files[types]).body
        if isinstance(statement, ast.ClassDef | ast.AnnAssign)
    }
    writer = _Writer(known)
    schemas = Schemas()
    body = "".join(f"\n{text}" for operation in operations(document) for text in writer.operation(operation, schemas))
    imported = "".join(f"from .{PurePath(types).stem} import {name}\n" for name in sorted(writer.used))
    return f"{_HEAD}\n{imported}{body}"


class _Writer:
    def __init__(self, known: set[str]) -> None:
        self._known = known
        self.used: set[str] = set()

    def operation(self, operation: OperationNode, schemas: Schemas) -> Iterator[str]:
        """The declarations of one operation, one after the other."""
        name = "".join(word.title() for word in module_name(operation.operation_id).split("_"))
        for place, suffix in _PLACES.items():
            declared = [each for each in parameters(operation) if each.read("in") == place]
            yield _typed_dict(f"{name}{suffix}", {each.read("name"): self._parameter(each) for each in declared})
        sent = operation.request_body
        body = "None" if sent is None else self._body(sent)
        if sent is not None and sent.read("required") is not True:
            body = f"{body} | None"
        yield f"{name}Request: TypeAlias = Request[{', '.join(f'{name}{each}' for each in _PLACES.values())}, {body}]\n"
        yield from self._responses(operation, name, schemas)

    def _parameter(self, parameter: Node) -> str:
        schema = value_schema(parameter)
        always = parameter.read("required") is True or own_default(schema) is not None
        found = "JSON" if schema is None or "content" in parameter else self._expression(schema)
        # With allowEmptyValue a name alone is the empty text, whatever the type.
        found = f"{found} | str" if parameter.read("allowEmptyValue") is True and found != "str" else found
        return found if always else f"NotRequired[{found}]"

    def _responses(self, operation: OperationNode, name: str, schemas: Schemas) -> Iterator[str]:
        made = [f"class {name}Response(Response):\n"]
        for key, node in operation.node.members("responses"):
            response = follow(node)
            rows = header_rows(response.get("headers"), schemas)
            headers = {each: _header(each, row) for each, row in rows.items()}
            yield _typed_dict(f"{name}{key.title()}Headers", headers)
            may_have_body = operation.method != "HEAD" and key not in ("204", "205", "304")
            has_body = may_have_body and bool(response.read("content"))
            body = self._body(response) if has_body else "None"
            optional = all(each.startswith("NotRequired") for each in headers.values())
            sent = f"headers: {name}{key.title()}Headers{' = ...' if optional else ''}"
            made.append(
                "    @overload\n    def __new__(\n"
                f"        cls, status: {_statuses(key)}, body: {body}{'' if has_body else ' = None'},"
                f" {sent if optional or has_body else f'*, {sent}'},"
                f"{' *,' if optional or has_body else ''} fallback: Callable[[], Response | None] | None = None\n"
                "    ) -> Self: ...\n"
            )
        if len(made) == 2:  # An overload alone is none.
            made[1] = made[1].removeprefix("    @overload\n")
        yield "".join(made)

    def _body(self, holder: Node) -> str:
        schemas = [media.get("schema") for _, media in holder.entries("content")]
        found = ["JSON" if schema is None else self._expression(schema) for schema in schemas]
        return " | ".join(dict.fromkeys(found)) or "None"

    def _expression(self, schema: Node) -> str:
        """The type of a schema's values: by its name where the schemas' module has one, else written out if plain."""
        if "$ref" in schema:
            place = target(schema).path
            if place[:2] == ("components", "schemas") and place[2] in self._known and not differs_by_direction(schema):
                self.used.add(place[2])
                return place[2]
        parts = list(all_of_parts(schema))
        read: dict[str, Any] = {}
        for part in reversed(parts):
            read |= part.value
        null = " | None" if read.get("nullable") is True else ""
        if "enum" in read and all(isinstance(each, str | int | bool | None) for each in read["enum"]):
            return f"Literal[{', '.join(repr(each) for each in read['enum'])}]"
        if read.get("type") in _SCALARS:
            return _SCALARS[read["type"]] + null
        if read.get("type") == "array":
            items = next(part["items"] for part in parts if "items" in part)
            return f"list[{self._expression(items)}]{null}" if items.path not in {p.path for p in parts} else "JSON"
        return "JSON"


def _typed_dict(name: str, members: dict[str, str]) -> str:
    rows = "".join(f"    {key!r}: {value},\n" for key, value in members.items())
    return f"{name} = TypedDict({name!r}, {{\n{rows}}})\n" if rows else f"class {name}(TypedDict): ...\n"


def _header(name: str, row: dict[str, Any]) -> str:
    if "constant" in row:
        return f"NotRequired[Literal[{row['constant']!r}]]"
    return "str" if row["required"] and name.lower() != "x-request-id" else "NotRequired[str]"


def _statuses(key: str) -> str:
    if key.isdecimal():
        return f"Literal[{key}]"
    statuses: Iterable[int] = PROBLEMS if key == "default" else (each for each in PROBLEMS if str(each)[0] == key[0])
    return f"Literal[{', '.join(map(str, statuses))}]"
