"""Diagnostics of a document, and the exceptions that the compiler ends with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """An error in a document.

    `pointer` is a JSON Pointer (RFC 6901) into the document, `keyword` the field at fault, `rule` the rule's stable id.
    `source` is the path of the document's file, "" for one that was never in a file.
    """

    pointer: str
    keyword: str
    rule: str
    message: str
    source: str = ""

    def __str__(self) -> str:
        return f"#{self.pointer}: {self.keyword}: {self.message} [{self.rule}]"


class InvalidDocument(Exception):
    """Exception for a document that cannot be compiled; `diagnostics` says where and why, all of it, sorted."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = sorted(set(diagnostics), key=lambda each: (each.source, each))
        super().__init__("\n".join(str(diagnostic) for diagnostic in self.diagnostics))


class ToolError(Exception):
    """Exception for a program that the compiler calls and that is missing or failed."""

    def __init__(self, tool: str, output: str) -> None:
        super().__init__(f"{tool}: {output.strip()}")
