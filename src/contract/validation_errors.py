"""Validation errors: where a value is not valid, by which keyword of its schema, and plain words for it.

The words come from the contract alone and never repeat the offending value. They complete a sentence that starts with
the field's name: "price must be at least 0.01". Loaded at the first error of a process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import jsonschema_rs
from jsonschema_rs import ValidationErrorKind as Kind

from contract import strict_json

# Dates and times in ASCII digits (RFC 3339, section 5.6). jsonschema-rs 0.60.3 takes the characters from `*` to `/` for
# digits in them: `2025-0*-31` is a date to it. So a compiled table has a pattern beside each of these formats, and what
# does not match the pattern is not of the format.
_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
FORMAT_PATTERNS: Mapping[str, str] = {
    "date": f"^{_DATE}$",
    "time": f"^{_TIME}$",
    "date-time": f"^{_DATE}[Tt]{_TIME}$",
}

_FORMATS_BY_PATTERN = {pattern: name for name, pattern in FORMAT_PATTERNS.items()}
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
_TYPES = {
    "array": "an array",
    "boolean": "a boolean",
    "integer": "an integer",
    "number": "a number",
    "object": "an object",
    "string": "a string",
    "null": "null",
}
_TAG_KEYWORDS = {"const", "enum"}


class ValidationError(NamedTuple):
    """A validation error: the path to the value, the keyword of the schema that it violates, and words for it."""

    path: tuple[str | int, ...]
    keyword: str
    message: str


def validation_errors(
    errors: Iterable[jsonschema_rs.ValidationError], document: Mapping[str, Any]
) -> Iterator[ValidationError]:
    """Yields the errors of a validator of this document in plain words, in their order; the same one may come twice."""
    for error in errors:
        kind: Any = error.kind
        path = tuple(error.instance_path)
        match kind:
            case Kind.AnyOf() | Kind.OneOfNotValid() if branch := _intended_branch(kind.context, len(path)):
                yield from validation_errors(branch, document)
            case Kind.Required():
                yield ValidationError((*path, kind.property), "required", "is required")
            case Kind.AdditionalProperties() | Kind.UnevaluatedProperties():
                for name in kind.unexpected:
                    yield ValidationError((*path, name), kind.name, "is not a known field")
            case Kind.Pattern() if kind.pattern in _FORMATS_BY_PATTERN:
                yield ValidationError(path, "format", _format_words(_FORMATS_BY_PATTERN[kind.pattern]))
            case Kind.Pattern():
                schema: Any = document
                for step in [*error.schema_path][:-1]:
                    schema = schema[step]
                # The contract's own words, which the compiler has put beside the pattern, if it has any.
                described = schema.get("x-pattern-description")
                message = f"must be {described}" if described else f"must match the pattern {kind.pattern}"
                yield ValidationError(path, "pattern", message)
            case _:
                words = _WORDS.get(type(kind))
                yield ValidationError(path, kind.name, words(kind) if words else "is not valid")


def _intended_branch(
    branches: list[list[jsonschema_rs.ValidationError]], depth: int
) -> list[jsonschema_rs.ValidationError] | None:
    """Returns the errors of the one branch of a union that the value can have been meant for, if there is just one.

    They say more than "matches no form". A branch that wants another type, or another tag in one of the value's fields,
    was not meant.
    """

    def rules_out(error: jsonschema_rs.ValidationError) -> bool:
        below = len(error.instance_path) - depth
        return (error.kind.name == "type" and below == 0) or (error.kind.name in _TAG_KEYWORDS and below <= 1)

    possible = [branch for branch in branches if not any(map(rules_out, branch))]
    return possible[0] if len(possible) == 1 else None


def _format_words(name: str) -> str:
    return f"must be {_FORMATS.get(name, 'a valid ' + name)}"


def _either(choices: Iterable[str]) -> str:
    *others, last = choices
    return f"{', '.join(others)} or {last}" if others else last


def _json(value: Any) -> str:
    # jsonschema-rs hands a whole limit back as 5.0 when the contract has it with a fraction.
    return strict_json.dumps(int(value) if isinstance(value, float) and value.is_integer() else value)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


# By class and not by keyword: a keyword can fail in several ways, and each has attributes of its own. A way without
# words "is not valid".
_WORDS: Mapping[type, Callable[[Any], str]] = {
    Kind.AnyOf: lambda kind: "must match one of the allowed forms",
    Kind.Constant: lambda kind: f"must be {_json(kind.expected_value)}",
    Kind.Enum: lambda kind: f"must be {_either(map(_json, kind.options))}",
    Kind.ExclusiveMaximum: lambda kind: f"must be less than {_json(kind.limit)}",
    Kind.ExclusiveMinimum: lambda kind: f"must be more than {_json(kind.limit)}",
    Kind.FalseSchema: lambda kind: "is not allowed here",
    Kind.Format: lambda kind: _format_words(kind.format),
    Kind.MaxItems: lambda kind: f"must have at most {_count(kind.limit, 'item')}",
    Kind.MaxLength: lambda kind: f"must have at most {_count(kind.limit, 'character')}",
    Kind.MaxProperties: lambda kind: f"must have at most {_count(kind.limit, 'field')}",
    Kind.Maximum: lambda kind: f"must be at most {_json(kind.limit)}",
    Kind.MinItems: lambda kind: f"must have at least {_count(kind.limit, 'item')}",
    Kind.MinLength: lambda kind: f"must have at least {_count(kind.limit, 'character')}",
    Kind.MinProperties: lambda kind: f"must have at least {_count(kind.limit, 'field')}",
    Kind.Minimum: lambda kind: f"must be at least {_json(kind.limit)}",
    Kind.MultipleOf: lambda kind: f"must be a multiple of {_json(kind.multiple_of)}",
    Kind.Not: lambda kind: "has a form that is not allowed",
    Kind.OneOfMultipleValid: lambda kind: "must match only one of the allowed forms, and matches several",
    Kind.OneOfNotValid: lambda kind: "must match one of the allowed forms",
    # Of a pattern with look-around or a back-reference, whose engine tries so many ways and no more.
    Kind.BacktrackLimitExceeded: lambda kind: "is too intricate to be checked against its pattern",
    Kind.Type: lambda kind: f"must be {_either(text for name, text in _TYPES.items() if name in kind.types)}",
    Kind.UniqueItems: lambda kind: "must not have the same item twice",
    # The one keyword of our own, x-integer-literal: see schemas.IntegerLiteral.
    Kind.Custom: lambda kind: "must be an integer, written without a fraction or an exponent",
}
