"""The commands of a Markdown document, taken apart."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_BLOCK = re.compile(r"^(?P<indent> *)```(?P<kind>sh|console)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
_SUBSTITUTION = re.compile(r"\$\(((?:[^()]|\([^()]*\))*)\)")
_ASSIGNMENT = re.compile(r"^[A-Za-z_]\w*=")
_OPERATORS = set(";|&()<>")
_KEYWORDS = {"do", "then", "else", "if", "while", "!", "exec"}


class Command(NamedTuple):
    """A program and its arguments, as a shell would split them; variables are left as they are written."""

    program: str
    arguments: tuple[str, ...]

    @property
    def flags(self) -> list[str]:
        return [word.partition("=")[0] for word in self.arguments if word.startswith("-") and word != "-"]


def blocks(markdown: str, kind: str) -> list[str]:
    """The texts of the fenced blocks of this kind: `sh` is a script, `console` a transcript with `$ ` prompts."""
    found = (match for match in _BLOCK.finditer(markdown) if match["kind"] == kind)
    return [re.sub(rf"^{match['indent']}", "", match["text"], flags=re.MULTILINE) for match in found]


def commands(markdown: str) -> Iterator[Command]:
    """Every command, those inside of `$(...)` included."""
    for script in (*blocks(markdown, "sh"), *map(_typed, blocks(markdown, "console"))):
        yield from _commands(script.replace("\\\n", " "))


def _typed(transcript: str) -> str:
    return "\n".join(line[2:] for line in transcript.replace("\\\n", " ").splitlines() if line.startswith("$ "))


def _commands(script: str) -> Iterator[Command]:
    for inner in _SUBSTITUTION.findall(script):
        if not inner.startswith("("):  # Arithmetic.
            yield from _commands(inner)
    for line in _SUBSTITUTION.sub("SUBSTITUTED", script).splitlines():
        yield from _of_line(line)


def _of_line(line: str) -> Iterator[Command]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words: list[str] = []
    for word in (*lexer, ";"):
        if not set(word) <= _OPERATORS:
            words.append(word)
        elif command := _command(words):
            yield command
        if set(word) <= _OPERATORS:
            words = []


def _command(words: list[str]) -> Command | None:
    while words and (words[0] in _KEYWORDS or _ASSIGNMENT.match(words[0])):
        words = words[1:]
    return Command(words[0], tuple(words[1:])) if words else None


def anchors(document: Path) -> set[str]:
    """As GitHub makes them from headings."""
    headings = re.findall(r"^#+ (.*)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}
