"""Which AWS calls a set of modules makes, read off their source.

A call on a botocore client is an attribute with the operation's name in snake case; the name as a string counts too,
for code that picks its call by name. Taking one too many costs a few hundred bytes; one too few is an AttributeError.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lambda_packages.imports import Module, parse

_CLIENT_MAKERS = frozenset({"client", "create_client"})


@dataclass(frozen=True)
class AwsCalls:
    """`services` that clients are made for, and all `names` that the code uses: operations are among them."""

    services: frozenset[str]
    names: frozenset[str]


def aws_calls(modules: Iterable[Module]) -> AwsCalls:
    """Of Python modules, not of anything they import."""
    nodes = [node for module in modules for node in ast.walk(parse(module))]
    return AwsCalls(frozenset(_services(nodes)), frozenset(_names(nodes)))


def _services(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Call) and _called(node) in _CLIENT_MAKERS:
            yield from (text for argument in node.args[:1] for text in _text(argument))


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _names(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Attribute):
            yield node.attr
        yield from _text(node)


def _text(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
