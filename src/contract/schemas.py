"""JSON Schemas of the compiled table: fast verdicts, and every breach when the verdict is bad.

jsonschema-rs decides. A validator is built at its schema's first use, so that a cold start pays only for the schemas
that its first request needs.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from jsonschema_rs import Draft202012Validator, EmailOptions, ValidationError

from contract.messages import JSON

_TAG_KEYWORDS = {"const", "enum"}


class Breach(NamedTuple):
    """One place where a value breaks its schema: its path, the keyword broken, and plain words."""

    path: tuple[str | int, ...]
    keyword: str
    message: str


class IntegerLiteral:
    """The keyword `x-integer-literal`: 1.0 and 1e2 are no integers.

    OpenAPI 3.0 rests on JSON Schema's Wright draft 00, to which an integer is a number without a fraction or exponent;
    2020-12 goes by the value. Such a literal is a Decimal with an exponent; an `int` never is.
    """

    def __init__(self, parent_schema: dict[str, Any], value: Any, schema_path: list[str | int]) -> None:
        """Takes what jsonschema-rs gives to each keyword; none of it is needed."""

    def validate(self, instance: object) -> None:
        """Raises ValueError for a whole number that is not written as an integer."""
        if isinstance(instance, Decimal) and _is_disguised_integer(instance):
            raise ValueError("not an integer literal")


def _is_disguised_integer(number: Decimal) -> bool:
    return number.as_tuple().exponent != 0 and number == number.to_integral_value()


class Schema:
    """One schema with the definitions that its references (`#/$defs/NAME`) point to."""

    __slots__ = ("_definitions", "_document", "_validator")

    def __init__(self, document: Mapping[str, Any], definitions: Mapping[str, Any]) -> None:
        self._document = document
        self._definitions = definitions
        self._validator: Draft202012Validator | None = None

    def is_valid(self, value: JSON) -> bool:
        """Whether the value keeps the schema."""
        return (self._validator or self._build()).is_valid(value)

    def breaches(self, value: JSON) -> list[Breach]:
        """Every breach, ordered by place; none twice."""
        validator = self._validator or self._build()
        return [] if validator.is_valid(value) else sorted(set(_each(validator.iter_errors(value))))

    def first_breach(self, value: JSON) -> Breach | None:
        """One breach, None without any: for when nobody reads more, or gathering them all could take too long."""
        try:
            (self._validator or self._build()).validate(value)
        except ValidationError as error:
            return min(_breaches_of(error))
        return None

    def _build(self) -> Draft202012Validator:
        self._validator = Draft202012Validator(
            {**self._document, "$defs": _referred(self._document, self._definitions)},
            validate_formats=True,
            email_options=EmailOptions(allow_display_text=False),
            keywords={"x-integer-literal": IntegerLiteral},
            offline=True,
        )
        return self._validator


def optional_schema(entry: Mapping[str, Any], definitions: Mapping[str, Any]) -> Schema | None:
    """The schema of a media type's entry; None for one without, which allows any bytes."""
    return Schema(entry["schema"], definitions) if "schema" in entry else None


def _referred(document: object, definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    """The definitions that a schema needs. The others would be checked, too, each time that a validator is built."""
    needed: dict[str, Any] = {}
    open_ends = [document]
    while open_ends:
        part = open_ends.pop()
        if isinstance(part, Mapping):
            name = str(part.get("$ref", "")).removeprefix("#/$defs/")
            if name in definitions and name not in needed:
                needed[name] = definitions[name]
                open_ends.append(definitions[name])
            open_ends += part.values()
        elif isinstance(part, list):
            open_ends += part
    return needed


def _each(errors: Iterable[ValidationError]) -> Iterator[Breach]:
    for error in errors:
        yield from _breaches_of(error)


def _breaches_of(error: ValidationError) -> Iterator[Breach]:
    from contract.wording import told  # Spares it to every cold start whose request keeps the contract.

    kind: Any = error.kind
    at = tuple(error.instance_path)
    if kind.name in ("anyOf", "oneOf"):
        meant = _branch_meant(kind.context, len(at))
        if meant:
            yield from _each(meant)
            return
    for path in _places(kind, at):
        yield Breach(path, *told(kind))


def _places(kind: Any, at: tuple[str | int, ...]) -> Iterable[tuple[str | int, ...]]:
    """Where a client must look: a missing or unknown field has a place of its own."""
    if kind.name == "required":
        return [(*at, kind.property)]
    if kind.name in ("additionalProperties", "unevaluatedProperties"):
        return [(*at, name) for name in kind.unexpected]
    return [at]


def _branch_meant(branches: list[list[ValidationError]], depth: int) -> list[ValidationError] | None:
    """The one branch of a union that the value can have been meant for, if there is just one.

    Its errors say more than "matches no form". A branch that wants another type, or another tag in one of the value's
    fields, was not meant.
    """
    if any(not branch for branch in branches):
        return None
    possible = [branch for branch in branches if not any(_rules_out(error, depth) for error in branch)]
    return possible[0] if len(possible) == 1 else None


def _rules_out(error: ValidationError, depth: int) -> bool:
    below = len(error.instance_path) - depth
    return (error.kind.name == "type" and below == 0) or (error.kind.name in _TAG_KEYWORDS and below <= 1)
