"""openapi-core configured to validate by any document: with decimals, and JSON by any media type."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from openapi_core.casting.schemas import casters
from openapi_core.casting.schemas.factories import SchemaCastersFactory
from openapi_core.validation.schemas import oas30_write_schema_validators_factory

from cross_check.second_validator import SecondValidator
from tests.contract.differential.discriminators import with_plain_discriminators
from tests.contract.differential.schema_strategies import PATTERNS


class _DecimalCaster(casters.PrimitiveTypeCaster[Decimal]):
    """The number that a parameter spells. openapi-core's own makes a float of it, which is not the same number."""

    def cast(self, value: str | bytes) -> Decimal:
        try:
            return Decimal(str(value))
        except InvalidOperation:
            raise ValueError("not a number") from None


_CASTERS: Mapping[str, type[casters.PrimitiveCaster]] = {
    "object": casters.ObjectCaster,
    "array": casters.ArrayCaster,
    "boolean": casters.BooleanCaster,
    "integer": casters.IntegerCaster,
    "number": _DecimalCaster,
    "string": casters.PrimitiveCaster,
}


_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
_DATE_TIME = re.compile(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[Tt]{_TIME}")


def _is_time(text: object) -> bool:
    """RFC 3339, 5.6. openapi-core's own is draft 3's, which has no offset."""
    return not isinstance(text, str) or re.fullmatch(_TIME, text) is not None


def _is_date_time(text: object) -> bool:
    """RFC 3339, 5.6 and 5.7. openapi-core's own has no leap seconds, and takes a line break at the end."""
    if not isinstance(text, str):
        return True
    return _DATE_TIME.fullmatch(text) is not None and _is_date(text[:10])


def _is_date(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


_FORMATS: dict[str, Callable[[object], bool]] = {
    "time": _is_time,
    "date-time": _is_date_time,
    # Its own want a Python float. Whether a double can hold the number, strict JSON has asked before.
    "float": lambda _: True,
    "double": lambda _: True,
}


def for_any_document(document: dict[str, Any]) -> SecondValidator:
    """openapi-core's validator by a document of any kind."""
    return SecondValidator(
        json.loads(json.dumps(with_plain_discriminators(document)), object_hook=_with_python_pattern),
        json_types={name for name in _media_types(document) if not name.startswith("text/")},
        extra_format_validators=_FORMATS,
        schema_casters_factory=SchemaCastersFactory(
            oas30_write_schema_validators_factory, casters.TypesCaster(_CASTERS, casters.AnyCaster)
        ),
    )


def _with_python_pattern(node: dict[str, Any]) -> dict[str, Any]:
    pattern = node.get("pattern")
    return {**node, "pattern": PATTERNS[pattern]} if isinstance(pattern, str) and pattern in PATTERNS else node


def _media_types(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for each in node:
            yield from _media_types(each)
    elif isinstance(node, dict):
        yield from node.get("content", ())
        for each in node.values():
            yield from _media_types(each)
