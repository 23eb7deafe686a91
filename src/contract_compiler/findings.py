"""What is wrong with a document: one finding for each fault, each with its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One reason why a document cannot be compiled.

    `pointer` is a JSON Pointer (RFC 6901) into the document, `keyword` the field at fault, `rule` the rule's stable id.
    """

    pointer: str
    keyword: str
    rule: str
    message: str

    def __str__(self) -> str:
        return f"#{self.pointer}: {self.keyword}: {self.message} [{self.rule}]"


class Refused(Exception):
    """The document cannot be compiled; `findings` says where and why, all of it."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = sorted(set(findings))
        super().__init__("\n".join(str(finding) for finding in self.findings))
