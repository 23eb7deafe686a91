"""Validation against the JSON Schemas of a compiled table, by jsonschema-rs.

A validator is built at its schema's first use, and the words for errors are loaded at the first error, so that a cold
start pays only for what its first request needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

import jsonschema_rs

from contract.messages import JSON

if TYPE_CHECKING:
    from contract.validation_errors import ValidationError

AnySchema: TypeAlias = "Schema | Definition"
_REFERENCE = "#/$defs/"


class IntegerLiteral:
    """The keyword `x-integer-literal`: 1.0 and 1e2 are no integers.

    OpenAPI 3.0 rests on JSON Schema's Wright draft 00, to which an integer is a number without a fraction or exponent;
    2020-12 goes by the value. Such a literal is a Decimal with an exponent; an `int` never is.
    """

    def __init__(self, parent_schema: dict[str, Any], value: Any, schema_path: list[str | int]) -> None:
        """Takes what jsonschema-rs gives to each keyword; none of it is needed."""

    def validate(self, instance: object) -> None:
        """Raises ValueError for a whole number that is not written as an integer."""
        if not isinstance(instance, Decimal) or instance.as_tuple().exponent == 0:
            return
        if instance == instance.to_integral_value():
            raise ValueError("not an integer literal")


class Schema:
    """One schema with the definitions that its references (`#/$defs/NAME`) point to."""

    __slots__ = ("_definitions", "_document", "_validator")

    def __init__(self, document: Mapping[str, Any], definitions: Mapping[str, Any]) -> None:
        self._document = document
        self._definitions = definitions
        self._validator: jsonschema_rs.Draft202012Validator | None = None

    def is_valid(self, value: JSON) -> bool:
        """Returns whether the value is valid."""
        return (self._validator or self._build()).is_valid(value)

    def errors(self, value: JSON, *, only_first: bool = False) -> list[ValidationError]:
        """Returns every error, ordered by place, none twice; or just one, for when all of them could take too long."""
        validator = self._validator or self._build()
        found: Iterable[jsonschema_rs.ValidationError] = ()
        if only_first:
            try:
                validator.validate(value)
            except jsonschema_rs.ValidationError as error:
                found = [error]
        elif not validator.is_valid(value):
            found = validator.iter_errors(value)
        if not found:
            return []
        from contract.validation_errors import validation_errors  # Spares it to every cold start with a valid request.

        words = sorted(set(validation_errors(found, {**self._document, "$defs": self._definitions})))
        return words[:1] if only_first else words

    def _build(self) -> jsonschema_rs.Draft202012Validator:
        self._validator = jsonschema_rs.Draft202012Validator(
            {**self._document, "$defs": _referenced(self._document, self._definitions)},
            validate_formats=True,
            email_options=jsonschema_rs.EmailOptions(allow_display_text=False),
            keywords={"x-integer-literal": IntegerLiteral},
            offline=True,
        )
        return self._validator


class Definition:
    """One definition, used as a Schema is: `everything` has it as the schema of the property of its name."""

    __slots__ = ("_everything", "_name")

    def __init__(self, name: str, everything: Schema) -> None:
        self._name = name
        self._everything = everything

    def errors(self, value: JSON, *, only_first: bool = False) -> list[ValidationError]:
        """Returns what Schema.errors does."""
        found = self._everything.errors({self._name: value}, only_first=only_first)
        return [error._replace(path=error.path[1:]) for error in found]


class Definitions:
    """The definitions of a table, and the schemas that may refer to them.

    A schema that is a definition shares one validator with the others: request and answer have most of their patterns
    in common, and each is compiled once in a validator.
    """

    def __init__(self, documents: Mapping[str, Any]) -> None:
        self._documents = documents
        self._all = Schema({"properties": {name: {"$ref": f"{_REFERENCE}{name}"} for name in documents}}, documents)

    def schema(self, document: Mapping[str, Any]) -> AnySchema:
        """Returns the schema that a document of the table is."""
        name = _definition_name(document)
        is_definition = document.keys() == {"$ref"} and name in self._documents
        return Definition(name, self._all) if is_definition else Schema(document, self._documents)

    def optional_schema(self, entry: Mapping[str, Any]) -> AnySchema | None:
        """Returns the schema of a media type's entry; None for one without, which allows any bytes."""
        return self.schema(entry["schema"]) if "schema" in entry else None


def _definition_name(document: Mapping[str, Any]) -> str:
    """Returns the name of the definition that a schema refers to; "" for a schema that refers to none."""
    return str(document.get("$ref", "")).removeprefix(_REFERENCE)


def _referenced(document: object, definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns the definitions that a schema needs. The others would be checked, too, whenever a validator is built."""
    needed: dict[str, Any] = {}
    open_ends = [document]
    while open_ends:
        part = open_ends.pop()
        if isinstance(part, Mapping):
            name = _definition_name(part)
            if name in definitions and name not in needed:
                needed[name] = definitions[name]
                open_ends.append(definitions[name])
            open_ends += part.values()
        elif isinstance(part, list):
            open_ends += part
    return needed
