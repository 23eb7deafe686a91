"""YAML and JSON text as the plain values of JSON: exact numbers, keys that are text and unique, nothing guessed.

OpenAPI 3.0.3, Format: https://spec.openapis.org/oas/v3.0.3#format
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any

import yaml

MAX_DEPTH = 200  # Objects and arrays within each other.
MAX_SIZE = 20_000_000  # Values: ten times as many as the largest documents in use have.
_TOO_DEEP = f"it is nested too deeply, in more than {MAX_DEPTH} levels"


class UnreadableText(ValueError):
    """Exception for a text that is neither YAML nor JSON, or says what JSON cannot; it says where and why."""


def read(text: str) -> Any:
    """The value of a YAML or JSON text; every number with a fraction or exponent is a Decimal.

    Raises:
        UnreadableText: see there.
    """
    try:
        value = _value(text)
        depth, size = _extent(value, {})
    except RecursionError as error:
        raise UnreadableText(_TOO_DEEP) from error
    except UnicodeEncodeError as error:
        raise UnreadableText(f"\\u{ord(error.object[error.start]):04x} is half a character") from error
    except ValueError as error:
        raise UnreadableText(str(error)) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise UnreadableText(f"{place}{error.problem}") from error
    except yaml.YAMLError as error:
        raise UnreadableText("it has a character that no text may have") from error
    if depth > MAX_DEPTH:
        raise UnreadableText(_TOO_DEEP)
    if size > MAX_SIZE:
        raise UnreadableText(f"with its aliases written out it has more than {MAX_SIZE} values")
    return value


def _value(text: str) -> Any:
    if text.lstrip().startswith("{"):
        # YAML would take the two halves of a JSON surrogate pair for two characters. It knows the place of an error.
        with suppress(json.JSONDecodeError, ArithmeticError):
            return json.loads(text, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_unique)
    return yaml.load(text, Loader=_Loader)


def _extent(value: Any, known: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """The depth of a value and the number of values in it, one that aliases name counted each time.

    Raises:
        UnicodeEncodeError: a text in it has half of a character.
    """
    if not isinstance(value, dict | list):
        if isinstance(value, str):
            value.encode()
        return 0, 1
    if id(value) not in known:
        for key in value if isinstance(value, dict) else ():
            key.encode()
        inner = [_extent(each, known) for each in (value.values() if isinstance(value, dict) else value)]
        depth, size = max((depth for depth, _ in inner), default=0), sum(size for _, size in inner)
        known[id(value)] = (depth + 1, size + 1)
    return known[id(value)]


def _unique(members: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in members:
        if key in result:
            raise ValueError(f"the key {key} is there twice")
        result[key] = value
    return result


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no number of JSON")


class _Loader(yaml.SafeLoader):
    """A loader that knows the types of JSON and no others: `yes` and `2020-01-01` are text."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - the base class declares it so

    def scan_flow_scalar_non_spaces(self, double: bool, start_mark: Any) -> Any:
        try:
            return super().scan_flow_scalar_non_spaces(double, start_mark)
        except (ValueError, OverflowError) as error:
            # PyYAML makes the character of \U and eight digits without a look at the number.
            problem = "\\U stands for no character here: the last one is \\U0010FFFF"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=self.get_mark()) from error


def _marked(problem: str, node: yaml.Node) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)


def _mapping(loader: _Loader, node: yaml.Node) -> dict[str, Any]:
    if not isinstance(node, yaml.MappingNode):
        raise _marked("it is not what its tag says", node)
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        # A status without quotes (200:) is a key like any other, so the key is taken as it is written.
        if not isinstance(key_node, yaml.ScalarNode):
            raise _marked("a key must be text", key_node)
        if key_node.value in result:
            raise _marked(f"the key {key_node.value} is there twice", key_node)
        result[key_node.value] = loader.construct_object(value_node, deep=True)
    return result


def _scalar(convert: Callable[[str], Any]) -> Callable[[_Loader, yaml.ScalarNode], Any]:
    def construct(loader: _Loader, node: yaml.ScalarNode) -> Any:
        try:
            return convert(loader.construct_scalar(node))
        except (ValueError, ArithmeticError, LookupError) as error:
            raise _marked("it is not what its tag says, or has too many digits", node) from error

    return construct


def _foreign(_: _Loader, node: yaml.Node) -> Any:
    raise _marked(f"{node.tag} is no type of JSON", node)


_INTEGER = r"-?(?:0|[1-9][0-9]*)"
for _tag, _pattern, _first in (
    ("null", r"(?:~|null)?$", ["~", "n", ""]),
    ("bool", r"(?:true|false)$", list("tf")),
    ("int", rf"{_INTEGER}$", list("-0123456789")),
    ("float", rf"{_INTEGER}(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$", list("-0123456789")),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)
_Loader.yaml_constructors = {
    "tag:yaml.org,2002:map": _mapping,
    "tag:yaml.org,2002:seq": lambda loader, node: loader.construct_sequence(node, deep=True),
    "tag:yaml.org,2002:str": _scalar(str),
    "tag:yaml.org,2002:null": _scalar({"": None, "~": None, "null": None}.__getitem__),
    "tag:yaml.org,2002:bool": _scalar({"true": True, "false": False}.__getitem__),
    "tag:yaml.org,2002:int": _scalar(int),
    "tag:yaml.org,2002:float": _scalar(Decimal),
    None: _foreign,
}
