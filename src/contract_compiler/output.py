"""The output folder: what is stale in it, and how it is replaced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import unified_diff
from pathlib import Path
from tempfile import NamedTemporaryFile

from contract_compiler.compilation import TABLES


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
    changed = [name for name, text in sorted(files.items()) if not _holds(folder / name, text)]
    for name in changed:
        _replace(folder / name, files[name])
    stale = [name for name in _present(folder / TABLES) if f"{TABLES}/{name}" not in files]
    for name in stale:
        (folder / TABLES / name).unlink()
    return changed + [f"{TABLES}/{name}" for name in stale]


def _present(folder: Path) -> list[str]:
    paths = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return sorted(path.relative_to(folder).as_posix() for path in paths)


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_bytes() == text.encode("utf-8")


def _replace(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("wb", dir=path.parent, prefix=f".{path.name}.", delete=False) as temporary:
        try:
            temporary.write(text.encode("utf-8"))
            temporary.flush()
            Path(temporary.name).chmod(0o644)
            Path(temporary.name).replace(path)
        except BaseException:
            Path(temporary.name).unlink(missing_ok=True)
            raise
