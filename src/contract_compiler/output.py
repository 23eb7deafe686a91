"""The output folder: the text of generated JSON, what is stale in the folder, and how it is replaced."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from decimal import Decimal
from difflib import unified_diff
from pathlib import Path
from tempfile import mkstemp
from typing import Any

TABLES = "operations"


def json_text(value: Any, *, sort_keys: bool = True, texts: Mapping[int, str] | None = None) -> str:
    """The value as JSON: one member a line, indented by one space, each decimal with all of its digits.

    `texts` are texts of objects in it that are made already, by `id`, indented for the place where they stand.
    """
    return _indented(value, "\n", sort_keys, texts or {}) + "\n"


def definition_texts(definitions: Mapping[str, Any]) -> dict[int, str]:
    """The texts of the definitions as they stand in a table: one text serves every table that has the definition."""
    return {id(schema): _indented(schema, "\n  ", True, {}) for schema in definitions.values()}


def _indented(value: Any, line: str, sort_keys: bool, texts: Mapping[int, str]) -> str:
    if isinstance(value, Decimal):
        return str(value)  # It may write 1E+3, which JSON reads as well, and never writes a bare point.
    if isinstance(value, dict):
        if id(value) in texts:
            return texts[id(value)]
        keys = sorted(value) if sort_keys else value
        rows = [f"{_scalar(key)}: {_indented(value[key], line + ' ', sort_keys, texts)}" for key in keys]
    elif isinstance(value, list):
        rows = [_indented(element, line + " ", sort_keys, texts) for element in value]
    else:
        return _scalar(value)
    brackets = "{}" if isinstance(value, dict) else "[]"
    inner = f",{line} ".join(rows)
    return f"{brackets[0]}{line} {inner}{line}{brackets[1]}" if rows else brackets


def _scalar(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def differences(folder: Path, files: Mapping[str, str]) -> Iterator[str]:
    """A unified diff from what the folder holds to what it should hold, line by line; nothing when it is up to date."""
    for name in sorted(files.keys() | set(_present(folder))):
        path = folder / name
        old = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
        new = files.get(name, "")
        before, after = (f"{path} (as it is)", f"{path} (as generated)" if name in files else "(not generated)")
        if old != new or not path.is_file() or name not in files:
            yield f"--- {before}\n+++ {after}\n"
            hunks = unified_diff(old.splitlines(keepends=True), new.splitlines(keepends=True))
            yield from (line if line.endswith("\n") else f"{line}\n" for line in list(hunks)[2:])


def write(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Make the folder hold the files, each replaced at once, and return the names of those that changed.

    Tables of operations that are no more are removed. Nothing else in the folder is touched.
    """
    changed = []
    for name, text in sorted(files.items()):
        path, content = folder / name, text.encode("utf-8")
        if path.is_file() and path.read_bytes() == content:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        # A name that nothing else has, not even a second run. The file is its owner's alone until it is complete.
        handle, temporary_name = mkstemp(dir=path.parent, prefix=f".{path.name}.")
        temporary = Path(temporary_name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            temporary.chmod(0o644)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        changed.append(name)
    stale = [name for name in _present(folder / TABLES) if f"{TABLES}/{name}" not in files]
    for name in stale:
        (folder / TABLES / name).unlink()
    return changed + [f"{TABLES}/{name}" for name in stale]


def _present(folder: Path) -> list[str]:
    paths = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return sorted(path.relative_to(folder).as_posix() for path in paths)
