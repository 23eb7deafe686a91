"""Examples, defaults, enums and the run time's own errors are valid against the schemas that the document declares."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from contract.http_syntax import is_json, matching_media_type, preferred_media_type
from contract.problems import Refusal, Violation, problem_body
from contract.schemas import Schema
from contract_compiler.diagnostics import Diagnostic
from contract_compiler.document import Node, follow
from contract_compiler.operation_tables import declared_response, may_be_json, media_range, own_statuses
from contract_compiler.parameters import parameters, value_schema
from contract_compiler.schemas import Schemas, differs_by_direction
from contract_compiler.traversal import Direction, Part, operations, walk

# A schema may serve requests, responses or both, and an example may show every field at once.
_ALL: tuple[Direction | None, ...] = ("request", "response", None)
_REQUEST_ID = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"


def examples(document: Node) -> Iterator[Diagnostic]:
    """Every example, default, member of an enum and error of the run time that is not valid where it stands."""
    validators = _Validators()
    for part in walk(document):
        directions = _ALL if part.kind == "schema" else (part.direction,)
        for value, schema in () if "$ref" in part.node else _values(part):
            of_schema = part.kind == "schema" and value.path[-1] != "example"
            rule = "value-breaks-schema" if of_schema else "example-breaks-schema"
            for place, message in validators.errors(value.value, schema, *directions):
                yield value.diagnostic(rule, f"{place} breaks its own schema: {message}")
    yield from _error_bodies(document, validators)


def _values(part: Part) -> Iterator[tuple[Node, Node]]:
    """The values in a part that its schema must allow, with that schema."""
    node = part.node
    if part.kind == "schema":
        yield from ((node[keyword], node) for keyword in ("default", "example") if keyword in node)
        yield from ((value, node) for value in node.elements("enum"))
    is_json_body = part.kind == "media type" and may_be_json(media_range(node.path[-1]))
    schema = value_schema(node) if is_json_body or part.kind in ("parameter", "header") else None
    if schema is not None:
        # One by externalValue lies outside the document, and is not fetched.
        named = (follow(example).get("value") for _, example in node.entries("examples"))
        yield from ((value, schema) for value in (node.get("example"), *named) if value is not None)


class _Validators:
    """The validators of one document's schemas, each made once."""

    def __init__(self) -> None:
        self._schemas = Schemas()
        self._made: dict[tuple[tuple[str, ...], Direction | None], Schema] = {}

    def errors(self, value: Any, schema: Node, *directions: Direction | None) -> list[tuple[str, str]]:
        """Where and why the value is valid in none of the directions, by the first of them; [] if it is in one."""
        schema = follow(schema)
        apart = directions if differs_by_direction(schema) else (None,)
        validators = [self._validator(schema, direction) for direction in apart]
        if any(validator.is_valid(value) for validator in validators):
            return []
        return [
            ("".join(f"/{step}" for step in error.path) or "it", error.message) for error in validators[0].errors(value)
        ]

    def _validator(self, schema: Node, direction: Direction | None) -> Schema:
        key = (schema.path, direction)
        if key not in self._made:
            translated = self._schemas.translate(schema, direction)
            self._made[key] = Schema(translated, self._schemas.reachable(translated))
        return self._made[key]


def _error_bodies(document: Node, validators: _Validators) -> Iterator[Diagnostic]:
    """Whether `contract.problems.problem_body` is valid for every status that the run time answers by itself."""
    checked: set[tuple[object, ...]] = set()
    for operation in operations(document):
        parts = {"query", *(str(node.read("in")) for node in parameters(operation))}
        parts |= {"body"} if operation.request_body is not None else set()
        for status in own_statuses(operation) if operation.method != "HEAD" else ():
            response = declared_response(operation, status)
            key = (response and response.path, status, *sorted(parts))
            if response is not None and key not in checked:
                checked.add(key)
                yield from _error_body(response, status, parts, validators)


def _error_body(response: Node, status: HTTPStatus, parts: set[str], validators: _Validators) -> Iterator[Diagnostic]:
    start = f"the run time's own {status.value}"
    end = "declare that shape, or give lambda_handler a problem_body that makes the declared one"
    content = {media_range(name): media for name, media in response.entries("content")}
    if not content:
        message = (
            f"{start} goes out without a body, for none is declared: declare its content, which problem_body makes"
        )
        yield response.diagnostic("error-body", message, "content")
        return
    media_type = preferred_media_type(content)
    key = matching_media_type(content, media_type)
    if key is None or not is_json(media_type):
        message = f"{start} is a JSON object (error, message, requestId, details), and none is declared: {end}"
        yield response.diagnostic("error-body", message, "content")
        return
    details = [Violation(part, "/name", "is required") for part in parts] if status == HTTPStatus.BAD_REQUEST else []
    schema = content[key].get("schema")
    body = problem_body(Refusal(status, details=details), _REQUEST_ID)
    for place, why in validators.errors(body, schema, "response") if schema is not None else ():
        message = f"{start} is not valid here: {place} {why}: {end}"
        yield follow(schema or response).diagnostic("error-body", message)
