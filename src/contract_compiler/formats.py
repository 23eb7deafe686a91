"""The formats of OpenAPI 3.0: how each one is enforced.

OpenAPI 3.0.3, Data Types: https://spec.openapis.org/oas/v3.0.3#data-types, and the format registry,
https://spec.openapis.org/registry/format/.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from contract.validation_errors import FORMAT_PATTERNS

_BASE64 = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
_LARGEST_FLOAT = Decimal("3.4028234663852886E+38")
_LARGEST_DOUBLE = Decimal("1.7976931348623157E+308")

# Formats that the validator asserts itself; every one is a format of strings.
ASSERTED = frozenset(
    {
        "date", "date-time", "time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6",
        "uri", "uri-reference", "uri-template", "iri", "iri-reference", "uuid", "json-pointer",
        "relative-json-pointer", "regex",
    }
)  # fmt: skip

# Formats that allow whatever their type allows: a hint for a form, any octets, and an exact number, as all are here.
_UNRESTRICTED = {("string", "password"), ("string", "binary"), ("number", "decimal")}

_TRANSLATED: dict[tuple[str, str], dict[str, Any]] = {
    ("integer", "int32"): {"minimum": -(2**31), "maximum": 2**31 - 1},
    ("integer", "int64"): {"minimum": -(2**63), "maximum": 2**63 - 1},
    ("number", "float"): {"minimum": -_LARGEST_FLOAT, "maximum": _LARGEST_FLOAT},
    ("number", "double"): {"minimum": -_LARGEST_DOUBLE, "maximum": _LARGEST_DOUBLE},
    ("string", "byte"): {"pattern": _BASE64, "x-pattern-description": "base64 (RFC 4648, section 4)"},
}


def keywords(type_name: str | None, name: str) -> dict[str, Any] | None:
    """The JSON Schema keywords that enforce the format `name` beside the type; None when nothing does."""
    if name in ASSERTED and type_name in ("string", None):
        return {"format": name, "pattern": FORMAT_PATTERNS[name]} if name in FORMAT_PATTERNS else {"format": name}
    if (type_name, name) in _UNRESTRICTED:
        return {}
    return _TRANSLATED.get((type_name or "", name))
