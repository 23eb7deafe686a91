"""What a schema's keyword asks for, in plain words made from the contract alone: the offending value is never repeated.

The words complete a sentence that starts with the field's name: "price must be at least 0.01".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from contract import strict_json
from contract.time_formats import GRAMMARS

_TYPES = {
    "array": "an array",
    "boolean": "a boolean",
    "integer": "an integer",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}
_FORMATS = {
    "date": "a date (RFC 3339), such as 2025-01-31",
    "date-time": "a date and time with an offset (RFC 3339), such as 2025-01-31T08:30:00Z",
    "email": "an e-mail address",
    "hostname": "a host name",
    "ipv4": "an IPv4 address",
    "ipv6": "an IPv6 address",
    "uri": "an absolute URI",
    "uuid": "a UUID with hyphens",
}
# The formats that a pattern helps to judge.
_SPELLED = {grammar: name for name, grammar in GRAMMARS.items()}


def _either(choices: Iterable[str]) -> str:
    *others, last = choices
    return f"{', '.join(others)} or {last}" if others else last


def _types(kind: Any) -> str:
    names = sorted(kind.types, key=lambda name: (name == "null", name))
    return f"must be {_either(_TYPES[name] for name in names)}"


def _of_format(name: str) -> str:
    return f"must be {_FORMATS.get(name, 'a valid ' + name)}"


def _enum(kind: Any) -> str:
    return f"must be {_either(map(_json, kind.options))}"


def _json(value: Any) -> str:
    # jsonschema-rs hands a whole limit back as 5.0 when the contract has it with a fraction.
    return strict_json.dumps(int(value) if isinstance(value, float) and value.is_integer() else value)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _several_forms(kind: Any) -> str:
    if any(not branch for branch in kind.context):
        return "must match only one of the allowed forms, and matches several"
    return "must match one of the allowed forms"


_WORDS: Mapping[str, Callable[[Any], str]] = {
    "additionalProperties": lambda kind: "is not a known field",
    "anyOf": _several_forms,
    "const": lambda kind: f"must be {_json(kind.expected_value)}",
    "enum": _enum,
    "exclusiveMaximum": lambda kind: f"must be less than {_json(kind.limit)}",
    "exclusiveMinimum": lambda kind: f"must be more than {_json(kind.limit)}",
    "falseSchema": lambda kind: "is not allowed here",
    "format": lambda kind: _of_format(kind.format),
    "maxItems": lambda kind: f"must have at most {_count(kind.limit, 'item')}",
    "maxLength": lambda kind: f"must have at most {_count(kind.limit, 'character')}",
    "maxProperties": lambda kind: f"must have at most {_count(kind.limit, 'field')}",
    "maximum": lambda kind: f"must be at most {_json(kind.limit)}",
    "minItems": lambda kind: f"must have at least {_count(kind.limit, 'item')}",
    "minLength": lambda kind: f"must have at least {_count(kind.limit, 'character')}",
    "minProperties": lambda kind: f"must have at least {_count(kind.limit, 'field')}",
    "minimum": lambda kind: f"must be at least {_json(kind.limit)}",
    "multipleOf": lambda kind: f"must be a multiple of {_json(kind.multiple_of)}",
    "not": lambda kind: "has a form that is not allowed",
    "oneOf": _several_forms,
    "pattern": lambda kind: f"must match the pattern {kind.pattern}",
    "required": lambda kind: "is required",
    "type": _types,
    "unevaluatedProperties": lambda kind: "is not a known field",
    "uniqueItems": lambda kind: "must not have the same item twice",
    "x-integer-literal": lambda kind: "must be an integer, written without a fraction or an exponent",
}


def told(kind: Any) -> tuple[str, str]:
    """The keyword that was broken and the words for it, by jsonschema-rs' error kind.

    One without words of its own "is not valid".
    """
    if kind.name == "pattern" and kind.pattern in _SPELLED:
        return "format", _of_format(_SPELLED[kind.pattern])
    make = _WORDS.get(kind.name)
    return kind.name, make(kind) if make else "is not valid"
