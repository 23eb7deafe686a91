"""The contract and the models, as validators of the same values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from contract import strict_json
from contract.messages import JSON
from contract.schemas import Schema
from contract_compiler.document import Node
from contract_compiler.schemas import Schemas
from tests.contract.differential.schemas import resolved
from tests.contract.models.known_differences import Objection

Path = Iterable[str | int]


class Validators:
    """The validators of one component of the contract."""

    def __init__(self, component: Node, model: type[BaseModel]) -> None:
        self._component = component
        self._model = model
        self._received = model.model_config.get("extra") != "forbid"
        schemas = Schemas()
        self._schema = Schema(schemas.translate(component, None), schemas.definitions)

    def disagreement(self, value: JSON) -> list[Objection]:
        """The objections of the one that refuses what the other one accepts; none when they agree."""
        contract = [self._objection("contract", each.keyword, each.path, value) for each in self._schema.errors(value)]
        model = [self._objection("model", *error, value) for error in self._errors(value)]
        return [] if contract and model else contract + model

    def accepts(self, value: JSON) -> bool:
        """Whether the contract does."""
        return self._schema.is_valid(value)

    def _errors(self, value: JSON) -> list[tuple[str, Path]]:
        try:
            self._model.model_validate_json(strict_json.dumps(value))
        except ValidationError as error:
            return [(each["type"], each["loc"]) for each in error.errors()]
        return []

    def _objection(self, validator: str, what: str, path: Path, value: JSON) -> Objection:
        schema: Mapping[str, Any] = resolved(self._component.root, self._component.value)
        place: Any = value
        for step in path:
            below = schema.get("items", {}) if isinstance(step, int) else schema.get("properties", {}).get(step, {})
            schema = resolved(self._component.root, below)
            inside = isinstance(place, list) or (isinstance(place, dict) and step in place)
            place = place[step] if inside else None
        return Objection(validator, what, schema, place, self._received)
