"""How a client writes parameters: by place, style and explode (OpenAPI 3.0.3, Parameter Object, Style Values)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias
from urllib.parse import quote

from contract import strict_json
from contract.messages import JSON

Declared: TypeAlias = Mapping[str, Any]
"""A Parameter Object or, without `in` and `name`, a Header Object; references followed."""
Pairs: TypeAlias = "list[tuple[str, str]]"
Encode: TypeAlias = Callable[[str], str]

_NOT_SENT = re.compile(r"[^\t -~]")
_DEFAULT_STYLES = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}
_SEPARATORS = {"form": ",", "spaceDelimited": "%20", "pipeDelimited": "%7C"}


def percent(text: str) -> str:
    """The text in a URI, nothing left as it is that a URI could take for a delimiter."""
    return quote(text, safe="")


def visible(text: str) -> str:
    """The text in a header, with `x` for what no field value can have, and no space at its ends (RFC 9110, 5.5)."""
    return _NOT_SENT.sub("x", text).strip(" \t")


def answerable(text: str) -> str:
    """The text in a response's header, where the engine lets no tabs pass either."""
    return re.sub(r"^ +| +$", lambda match: "x" * len(match[0]), _NOT_SENT.sub("x", text).replace("\t", "x"))


def schema(declared: Declared) -> Mapping[str, Any]:
    """The schema of the parameter's value, given by `schema` or by its one media type."""
    holder = next(iter(declared["content"].values())) if "content" in declared else declared
    found: Mapping[str, Any] = holder.get("schema", {})
    return found


def spellable(declared: Declared) -> Mapping[str, Any]:
    """The schema, less the values that no style can spell: null, and what is empty."""
    if "content" in declared:
        return schema(declared)
    return {"allOf": [schema(declared), {"nullable": False, "minItems": 1, "minProperties": 1}]}


def style(declared: Declared) -> str:
    """The style, stated or the default of its place."""
    return str(declared.get("style", _DEFAULT_STYLES[declared.get("in", "header")]))


def explodes(declared: Declared) -> bool:
    """Whether an array or an object is spread."""
    return bool(declared.get("explode", style(declared) in ("form", "deepObject")))


def literal(value: JSON) -> str:
    """One value that is neither array nor object; those, which no style knows inside another, as JSON."""
    return value if isinstance(value, str) else strict_json.dumps(value)


def pairs(declared: Declared, value: JSON, encode: Encode) -> Pairs:
    """The parameter as names and values, both encoded: what a query or a Cookie header is made of."""
    name = encode(declared["name"])
    if "content" in declared:
        return [(name, encode(strict_json.dumps(value)))]
    if style(declared) == "deepObject" and isinstance(value, dict):
        return [(f"{name}[{encode(key)}]", text) for key, member in value.items() for text in _each(member, encode)]
    if style(declared) == "form" and explodes(declared):
        return _spread(name, value, encode)
    return [(name, _listed(value, _SEPARATORS.get(style(declared), ","), False, encode))]


def text(declared: Declared, value: JSON, encode: Encode) -> str:
    """The parameter as one text: what stands in a path's segment or a header."""
    if "content" in declared:
        return encode(strict_json.dumps(value))
    name, exploded = encode(declared.get("name", "")), explodes(declared)
    if style(declared) == "matrix":
        return _matrix(name, value, exploded, encode)
    if style(declared) == "label":
        return "." + _listed(value, "." if exploded else ",", exploded, encode)
    return _listed(value, ",", exploded, encode)


def _each(value: JSON, encode: Encode) -> list[str]:
    return [encode(literal(item)) for item in (value if isinstance(value, list) else [value])]


def _spread(name: str, value: JSON, encode: Encode) -> Pairs:
    if isinstance(value, dict):
        return [(encode(key), text) for key, member in value.items() for text in _each(member, encode)]
    return [(name, text) for text in _each(value, encode)]


def _listed(value: JSON, separator: str, exploded: bool, encode: Encode) -> str:
    if isinstance(value, dict) and exploded:
        return separator.join(f"{encode(key)}={encode(literal(member))}" for key, member in value.items())
    if isinstance(value, dict):
        return separator.join(encode(part) for key, member in value.items() for part in (key, literal(member)))
    return separator.join(_each(value, encode))


def _matrix(name: str, value: JSON, exploded: bool, encode: Encode) -> str:
    if not exploded or not isinstance(value, dict | list):
        return f";{name}={_listed(value, ',', False, encode)}"
    if isinstance(value, dict):
        return ";" + _listed(value, ";", True, encode)
    return "".join(f";{name}={item}" for item in _each(value, encode))
