"""Base class of the generated pydantic models, whose module gets a copy of its imports and of all that is below them.

So that module stands alone, and what it does besides declaring fields is code that is linted, typed and tested. It has
to work with every pydantic release that the module's head names.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    SerializerFunctionWrapHandler,
    model_serializer,
)


def _json_number(value: Decimal) -> int | float:
    """Returns a number that json writes with the value's own digits. Raises ValueError where there is none."""
    number = int(value) if value == value.to_integral_value() else float(value)
    if Decimal(str(number)) != value:
        raise ValueError(f"{value} has more digits than a JSON number keeps: round it first")
    return number


_JsonNumber = Annotated[Decimal, PlainSerializer(_json_number, when_used="json")]
"""A Decimal that is a number in JSON; pydantic's own is a string there."""


def _refuse_null(value: Any) -> Any:
    if value is None:
        raise ValueError("leave it out: it may not be null")
    return value


_NotNull = BeforeValidator(_refuse_null)
"""Marks a field that may be left out, which makes it None here, but may not be null."""


class _Model(BaseModel):
    """What the models have in common: a field that was left out is None, and is left out again of what is sent."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True)

    @model_serializer(mode="wrap")
    def _leave_out_what_is_absent(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        content: dict[str, Any] = handler(self)
        for name, field in type(self).model_fields.items():
            if getattr(self, name) is None and (name not in self.model_fields_set or _NotNull in field.metadata):
                content.pop(name if name in content else field.alias or name, None)
        return content
