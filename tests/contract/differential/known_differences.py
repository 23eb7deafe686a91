"""Known differences of openapi-core from the engine, and why the engine is right in each.

An entry covers what its reason says and no more, so that it hides nothing else. Every entry has a case in
`test_known_differences` that proves that it is still needed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from contract import strict_json
from contract.http_syntax import is_json
from tests.contract.differential import spelling
from tests.contract.differential.lax_literals import (
    has_lax_boolean,
    has_lax_number,
    is_lax_content_type,
)
from tests.contract.differential.objections import Comparison, Objection, objections
from tests.contract.differential.respelling import is_spread_object
from tests.contract.differential.spelling import Declared
from tests.contract.differential.validators import RequestComparison, ResponseComparison

_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+")


@dataclass(frozen=True)
class Difference:
    """`covers` says whether an objection of one validator is one that the other cannot share, for this reason."""

    reason: str
    covers: Callable[[Comparison, Objection], bool]


def _engine(reason: str, covers: Callable[[Objection], bool]) -> Difference:
    return Difference(reason, lambda _, objection: objection.validator == "engine" and covers(objection))


def _openapi_core(reason: str, covers: Callable[[Objection], bool]) -> Difference:
    return Difference(reason, lambda _, objection: objection.validator == "openapi-core" and covers(objection))


def _unreadable(comparison: Comparison, objection: Objection) -> bool:
    if not isinstance(comparison, RequestComparison) or (objection.validator, objection.place) != ("engine", "body"):
        return False
    essence = _content_type(comparison).partition(";")[0].strip().lower()
    named = {declared for declared in comparison.media_types if "*" not in declared}
    # Two types in one field end in +json, too.
    is_readable = is_json(essence) and _MEDIA_TYPE.fullmatch(essence) is not None
    return bool(essence) and not is_readable and essence not in named


def _lax_content_type(comparison: Comparison, objection: Objection) -> bool:
    return objection.what == "415" and is_lax_content_type(_content_type(comparison))


def _content_type(comparison: Comparison) -> str:
    headers = comparison.exchange.request.headers if isinstance(comparison, RequestComparison) else ()
    return ", ".join(value for name, value in headers if name == "content-type")


def _lax_literal(comparison: Comparison, objection: Objection) -> bool:
    if objection.validator != "engine" or objection.place in ("body", "status"):
        return False
    texts = [comparison.sent(each) for each in _declared(comparison, objection)]
    # Of a response the engine says no more than the keyword.
    number = re.match("must be (an integer|a number|-?[0-9])|type|enum", objection.what)
    boolean = re.match("must be a boolean|type|enum", objection.what)
    return any((number and has_lax_number(text)) or (boolean and has_lax_boolean(text)) for text in texts)


def _says(comparison: Comparison, text: str) -> bool:
    """Whether a response's body has this text in its JSON."""
    return isinstance(comparison, ResponseComparison) and text in strict_json.dumps(comparison.response.body)


def _declared(comparison: Comparison, objection: Objection) -> list[Declared]:
    """The parameter or header that is objected to; all of them, for an error in casting names none."""
    name = objection.name.lower()
    return [each for each in comparison.parameters if not name or each["name"].lower() == name]


def _hides_a_delimiter(comparison: Comparison, objection: Objection) -> bool:
    return any(_is_split_wrongly(comparison.sent(each), each) for each in _declared(comparison, objection))


def _is_split_wrongly(text: str, declared: Declared) -> bool:
    if spelling.schema(declared).get("type") not in ("array", "object"):
        return False
    place = declared.get("in", "header")
    if place == "header":
        return re.search(r"[ \t],|,[ \t]|=[^,]*=", text) is not None
    if re.search("=[^,;.&]*=", text):
        return True
    encoded = place in ("path", "cookie") or is_spread_object(declared)
    return encoded and any(f"%{ord(delimiter):X}" in text for delimiter in ",;=&|")


def _has_empty_elements(comparison: Comparison, objection: Objection) -> bool:
    lists = [
        comparison.sent(each)
        for each in _declared(comparison, objection)
        if each.get("in") == "header" and spelling.schema(each).get("type") == "array"
    ]
    return any("" in (element.strip(" \t") for element in text.split(",")) for text in lists)


def _has_default(comparison: Comparison, objection: Objection) -> bool:
    missing = objection.validator == "engine" and objection.what in ("is required", "required")
    return missing and any("default" in spelling.schema(each) for each in _declared(comparison, objection))


def _is_broken_matrix(comparison: Comparison, objection: Objection) -> bool:
    paths = [each for each in _declared(comparison, objection) if each.get("style") == "matrix"]
    return any("%0A" in comparison.sent(each) for each in paths)


def _has_typed_rest(comparison: Comparison, objection: Objection) -> bool:
    if (objection.validator, objection.what) not in (("openapi-core", "type"), ("openapi-core", "enum")):
        return False
    rules = [spelling.schema(each).get("additionalProperties") for each in _declared(comparison, objection)]
    return any(isinstance(rule, Mapping) and rule.get("type") != "string" for rule in rules)


KNOWN_DIFFERENCES = (
    _engine(
        "openapi-core ignores query parameters that the document does not declare",
        lambda each: (each.place, each.what) == ("query", "is not a known parameter"),
    ),
    _engine(
        "openapi-core takes one of several values of a parameter, or of a field in one",
        lambda each: each.place != "body" and each.what == "is given more than once",
    ),
    _engine("openapi-core does not know the extension x-max-bytes", lambda each: each.what == "413"),
    Difference(
        "openapi-core reads literals as Python does: `+7`, ` 7 `, `1_0`, digits of every script, `yes` for true",
        _lax_literal,
    ),
    Difference(
        "openapi-core is given the media type without its parameters, for a malformed one makes it crash",
        _lax_content_type,
    ),
    Difference(
        "openapi-core takes whatever a media type range matches for JSON, even if it is no media type at all",
        _unreadable,
    ),
    _engine(
        "openapi-core takes a number that no double can hold, on which RFC 8259, section 6, lets nobody rely",
        lambda each: each.what == "is outside the range of a double-precision number",
    ),
    _engine(
        "openapi-core is given path parameters and cookies as Python decodes them, stray percent signs and all",
        lambda each: each.place in ("path", "cookie") and "percent-encoded" in each.what,
    ),
    _engine(
        "openapi-core drops a name without a value from an object that is a list of names and values",
        # What the engine has against such a header of a response is its style.
        lambda each: each.what == "style" or each.what.startswith("must list its fields as"),
    ),
    _engine(
        "openapi-core drops the first character of a label, dot or not, and what no matrix begins with",
        lambda each: each.what.startswith(
            ("must be written in the label style", "must be written in the matrix style")
        ),
    ),
    _engine(
        "openapi-core's format checker knows neither hostname nor uri without further packages",
        lambda each: each.what in ("must be a host name", "must be an absolute URI"),
    ),
    Difference(
        "openapi-core's date-time ends where Python's `$` is, which is also before a last line break",
        lambda comparison, each: each.validator == "engine" and each.what == "format" and _says(comparison, '\\n"'),
    ),
    _engine(
        "openapi-core does not look at a body where the contract declares none",
        lambda each: (each.place, each.what) == ("body", "content"),
    ),
    _engine(
        "openapi-core sees what a handler's value looks like as text, and not that it was none",
        lambda each: (each.place, each.name, each.what) == ("body", "", "type"),
    ),
    _engine(
        "openapi-core does not ask whether a header's value can be sent at all (RFC 9110, section 5.5)",
        lambda each: (each.place, each.what) == ("header", "field-value"),
    ),
    Difference(
        "openapi-core splits lists at every delimiter, also at one inside a value, and keeps the spaces around it",
        _hides_a_delimiter,
    ),
    Difference(
        "openapi-core counts the empty elements of a header's list, which RFC 9110, section 5.6.1.2, has ignored",
        _has_empty_elements,
    ),
    _engine(
        "openapi-core takes an array or object that is empty in the query for one of an empty text",
        lambda each: (each.place, each.what) == ("query", "must not be empty"),
    ),
    Difference(
        "openapi-core loses a matrix parameter with a line break in it, or the line break at its end",
        _is_broken_matrix,
    ),
    Difference(
        "openapi-core takes the default for a required parameter or header that is not there",
        _has_default,
    ),
    Difference(
        "openapi-core leaves additional fields of an object in a parameter as text, whatever their type",
        _has_typed_rest,
    ),
    Difference(
        "openapi-core goes by Python's datetime, which has no leap seconds; RFC 3339, section 5.7, has",
        lambda comparison, each: (
            each.validator == "openapi-core" and each.what == "format" and _says(comparison, ":60")
        ),
    ),
    _openapi_core(
        "openapi-core's check of the format byte crashes on a text that is not ASCII",
        lambda each: (each.place, each.what) == ("crash", "UnicodeEncodeError"),
    ),
    _openapi_core(
        "the engine takes a handler that names no Content-Type to mean the one that it adds itself",
        lambda each: (each.place, each.what) == ("DataValidationError", ""),
    ),
    _openapi_core(
        "openapi-core takes no bytes for no body; a handler's None may be JSON null, and its empty text is a text",
        lambda each: each.place == "MissingData",
    ),
)


def explanations(comparison: Comparison) -> set[str] | None:
    """The reasons for a disagreement, a reason for every objection; None when one of them has none."""
    reasons = set()
    for objection in objections(comparison):
        covering = (each.reason for each in KNOWN_DIFFERENCES if each.covers(comparison, objection))
        reason = next(covering, None)
        if reason is None:
            return None
        reasons.add(reason)
    return reasons
