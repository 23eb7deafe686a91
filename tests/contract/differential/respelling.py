"""Parameters spelled as openapi-core expects them, where that is not how OpenAPI has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

from local_aws.asgi import HttpRequest
from tests.contract.differential import spelling
from tests.contract.differential.spelling import Declared, Pairs

_PREFIXES = {"label": ".", "matrix": ";"}


def path_for_openapi_core(declared: Iterable[Declared], path: Mapping[str, str]) -> Mapping[str, str]:
    """The path parameters; label and matrix ones under the names of RFC 6570, which no OpenAPI template has."""
    names = {each["name"]: _rfc6570(each) for each in declared if each["in"] == "path"}
    return {names.get(name, name): text for name, text in path.items()}


def query_for_openapi_core(declared: Iterable[Declared], request: HttpRequest) -> HttpRequest:
    """The request; an exploded object of the style form as one parameter, and what is space-delimited by `%20`."""
    found = [each for each in declared if each["in"] == "query"]
    if not any(spelling.style(each) == "spaceDelimited" or is_spread_object(each) for each in found):
        return request
    pairs = parse_qsl(request.query, keep_blank_values=True)
    for each in found:
        if spelling.style(each) == "spaceDelimited":
            pairs = [(name, text.replace(" ", "%20") if name == each["name"] else text) for name, text in pairs]
        elif is_spread_object(each):
            pairs = _gathered(each, [other for other in found if other is not each], pairs)
    return replace(request, query=urlencode(pairs))


def is_spread_object(declared: Declared) -> bool:
    """Whether it is an object whose fields are query parameters of their own."""
    styled = "content" not in declared and spelling.style(declared) == "form" and spelling.explodes(declared)
    return styled and spelling.schema(declared).get("type") == "object"


def _rfc6570(declared: Declared) -> str:
    if "content" in declared or spelling.style(declared) not in _PREFIXES:
        return str(declared["name"])
    star = "*" if spelling.explodes(declared) else ""
    return f"{_PREFIXES[spelling.style(declared)]}{declared['name']}{star}"


def _claims(declared: Declared, name: str) -> bool:
    """Whether a query parameter of this name is the declared one, or one of its fields."""
    own = re.escape(declared["name"])
    return re.fullmatch(rf"{own}\[[^\[]+\]" if spelling.style(declared) == "deepObject" else own, name) is not None


def _gathered(declared: Declared, others: Sequence[Declared], pairs: Pairs) -> Pairs:
    fields = [pair for pair in pairs if not any(_claims(other, pair[0]) for other in others)]
    rest = [pair for pair in pairs if pair not in fields]
    return [*rest, (declared["name"], "&".join(map("=".join, fields)))] if fields else rest
