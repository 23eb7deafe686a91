"""Request bodies as API Gateway models: the part of JSON Schema draft 4 that its request validator understands.

A model refuses less than the contract, and never more: what API Gateway does not understand, or may read otherwise (the
dialect of a `pattern`), is left out, for the function validates every body again.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
"""

from __future__ import annotations

import re
from typing import Any

from contract_compiler import schemas
from contract_compiler.document import Node, follow
from contract_compiler.output import json_text

Model = dict[str, Any]

# Unsupported: additionalProperties, pattern, allOf, oneOf, exclusiveMinimum, format. Not checked: minItems, maxItems.
_COPIED = ("description", "type", "minLength", "maxLength", "minimum", "maximum")
_COMPONENTS = ("components", "schemas")


class Models:
    """The models that request bodies refer to, by name; two schemas never share one.

    A model's name is letters and digits. A component keeps its own name, without what cannot be in a model's.
    """

    def __init__(self, document: Node) -> None:
        self.models: dict[str, Model] = {}
        self._names: dict[tuple[str, ...], str] = {}
        components = document.get("components")
        schemas = components.get("schemas") if components else None
        # Those that keep their names as they are come first, so that none of the others takes one.
        for path in sorted(((*_COMPONENTS, name) for name in schemas.value) if schemas else (), key=_is_changed):
            self._names[path] = self._free(path[-1])

    def reference(self, schema: Node, name: str) -> Model:
        """A reference to the model of a schema, whose name starts with `name` unless the contract names it."""
        schema = follow(schema)
        if schema.path not in self._names:
            self._names[schema.path] = self._free(name)
        model = self._names[schema.path]
        if model not in self.models:
            self.models[model] = {}  # For a schema that contains itself.
            self.models[model] = self._model(schema)
        return {"$ref": f"#/components/schemas/{model}"}

    def _free(self, name: str) -> str:
        letters = _letters(name) or "Model"
        taken, found, number = set(self._names.values()), letters, 1
        while found in taken:
            number += 1
            found = f"{letters}{number}"
        return found

    def _schema(self, schema: Node) -> Model:
        if "$ref" not in schema:
            return self._model(schema)
        steps = [step for step in follow(schema).path if step not in (*_COMPONENTS, "properties")]
        return self.reference(schema, "".join(step[:1].upper() + step[1:] for step in steps))

    def _model(self, schema: Node) -> Model:
        nullable = schema.read("nullable") is True  # Draft 4 has a type for it, and lists the value in an enum.
        left_out = ("type",) if nullable else ()
        model = {key: schema.read(key) for key in _COPIED if key in schema and key not in left_out}
        if "enum" in schema and not nullable:
            # Draft 4 lists each value once; OpenAPI does not mind.
            model["enum"] = list({json_text(value): value for value in schema.value["enum"]}.values())
        if "properties" in schema:
            members = schema["properties"].entries()
            is_hidden = schemas.is_hidden
            model["properties"] = {name: self._schema(each) for name, each in members if not is_hidden(each, "request")}
        if "items" in schema:
            model["items"] = self._schema(schema["items"])
        required = schemas.required(schema, "request")
        return model | ({"required": required} if required else {})


def _letters(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", name)


def _is_changed(path: tuple[str, ...]) -> bool:
    return _letters(path[-1]) != path[-1]
