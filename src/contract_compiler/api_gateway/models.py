"""Request bodies as API Gateway models: the part of JSON Schema draft 4 that its request validator understands.

A model refuses less than the contract, and never more: what API Gateway does not understand is left out, for the
function judges every body again. https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
"""

from __future__ import annotations

from typing import Any

from contract_compiler import read_write_only
from contract_compiler.document import Node
from contract_compiler.references import target

Model = dict[str, Any]

# Unsupported: additionalProperties, pattern, allOf, oneOf, exclusiveMinimum, format. Not checked: minItems, maxItems.
_COPIED = ("description", "enum", "minLength", "maxLength", "minimum", "maximum")


class Models:
    """The models that request bodies refer to, by name."""

    def __init__(self) -> None:
        self.models: dict[str, Model] = {}

    def reference(self, schema: Node, name: str) -> Model:
        """A reference to the model of a body's schema, called `name` if the contract has no name for it."""
        if "$ref" in schema:
            return self._reference(schema)
        self.models[name] = self._model(schema)
        return _pointer(name)

    def _reference(self, schema: Node) -> Model:
        named = target(schema)
        name = named.path[-1]
        if name not in self.models:
            self.models[name] = {}
            self.models[name] = self._schema(named)
        return _pointer(name)

    def _schema(self, schema: Node) -> Model:
        return self._reference(schema) if "$ref" in schema else self._model(schema)

    def _model(self, schema: Node) -> Model:
        nullable = schema.read("nullable") is True  # Draft 4 has a type for it, and lists the value in an enum.
        model = {key: schema.read(key) for key in _COPIED if key in schema and not (nullable and key == "enum")}
        if "type" in schema and not nullable:
            # Draft 4 does not take 1.0 for an integer; the contract does.
            model["type"] = "number" if schema.value["type"] == "integer" else schema.value["type"]
        if "properties" in schema:
            members = schema["properties"].entries()
            model["properties"] = {name: self._schema(each) for name, each in members if not _is_read_only(each)}
        if "items" in schema:
            model["items"] = self._schema(schema["items"])
        required = read_write_only.required(schema, "request")
        return model | ({"required": required} if required else {})


def _is_read_only(schema: Node) -> bool:
    return read_write_only.is_hidden(schema, "request")


def _pointer(name: str) -> Model:
    return {"$ref": f"#/components/schemas/{name}"}
