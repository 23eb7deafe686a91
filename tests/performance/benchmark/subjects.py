"""What is measured: folders as Lambda would unpack them, one a subject."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from lambda_packages.build import Package, build, write_zip
from lambda_packages.target import Target, install_wheels
from tests.performance.benchmark.rounds import Say

PROJECT = Path(__file__).resolve().parents[3]
PROGRAMS = Path(__file__).with_name("programs")
WITH_CONTRACT = "bare boto3 + contract"
DOCUMENT = PROJECT / "generated" / "products.json"
_WORK = PROJECT / "build" / "benchmark"
_LOCK = PROJECT / "scripts" / "toolchain" / "development.txt"
_BARE = PROGRAMS / "bare.py"
_CONTRACT = [PROGRAMS / "bare_with_contract.py", PROJECT / "generated" / "operations" / "create_product.json"]
# Nothing to import from but what the subject brings.
ISOLATED = ("-P", "-S", "-s")
_PIN = re.compile(r"^([\w.-]+==[^ ;]+)( ;[^\\]+)?", re.MULTILINE)


@dataclass(frozen=True)
class Subject:
    """`handler`: the module with the handler; `event`: which first request it gets; `path`: folders to import from.

    `size` is the zip's in bytes, or of one zip for each folder.
    """

    name: str
    handler: str
    event: str
    path: tuple[Path, ...]
    size: int
    files: int

    def variables(self, *path: Path) -> dict[str, str]:
        """What every subject is told by its environment; `path` are more folders to import from."""
        return {
            "ALLOWED_ORIGINS": "https://portal.example.com",
            "AWS_REGION": "eu-west-1",
            "CONTRACT_DOCUMENT": str(DOCUMENT),
            "CURSOR_SIGNING_KEYS": "a-key-that-signs-nothing-of-worth",
            "PRODUCTS_TABLE": "products-benchmark",
            "PYTHONPATH": os.pathsep.join(map(str, (*self.path, *path))),
        }


class Subjects:
    """Makes subjects for one target, with its interpreter."""

    def __init__(self, target: Target, interpreter: Path, say: Say) -> None:
        self._target = target
        self._interpreter = interpreter
        self._say = say

    def cold(self) -> list[Subject]:
        """The bare handler first: the others are compared with it."""
        bare, ours = self._bare(), self._ours()
        return [
            bare,
            self._made("empty", "empty", [], [PROGRAMS / "empty.py"]),
            *ours.values(),
            _over(ours["create_product"], self._openapi_core()),
            # src/contract and jsonschema-rs as our package has them, boto3 as the bare handler has it.
            _over(bare, _over(ours["create_product"], self._made(WITH_CONTRACT, "bare_with_contract", [], _CONTRACT))),
        ]

    def warm(self, operations: Iterable[str]) -> dict[str, dict[str, Subject]]:
        """For each of the operations a bare handler, ours, and ours with openapi-core in the engine's place."""
        bare, ours, extra = self._bare(), self._ours(), self._openapi_core()
        return {
            "bare": dict.fromkeys(operations, bare),
            "ours": {name: ours[name] for name in operations},
            "openapi-core": {name: _over(ours[name], extra) for name in operations},
        }

    def _bare(self) -> Subject:
        return self._made("bare boto3", "bare", ["boto3"], [_BARE, PROGRAMS / "bare_reads.py"])

    def _ours(self) -> Mapping[str, Subject]:
        out = _WORK / "packages"
        packages = build(PROJECT, self._target, self._interpreter, out, self._say)
        return {package.name: _unpacked(package, out) for package in packages}

    def _openapi_core(self) -> Subject:
        sources = [PROGRAMS / "openapi_core_engine.py", PROGRAMS / "create_with_openapi_core.py", DOCUMENT]
        return self._made("create_product, openapi-core", "create_with_openapi_core", ["openapi-core"], sources)

    def _made(self, name: str, handler: str, packages: list[str], sources: Iterable[Path]) -> Subject:
        """A folder as `pip install --target` makes it, bytecode included, with the sources beside."""
        folder = _WORK / f"{name.replace(' ', '-')}-{self._target}"
        if packages:
            self._install(packages, folder)
        else:
            shutil.rmtree(folder, ignore_errors=True)
        for source in sources:
            _copy(source, folder)
        subprocess.run([self._interpreter, "-m", "compileall", "-q", str(folder)], check=True)
        files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        return Subject(name, handler, "create_product", (folder,), _zipped(folder, files), len(files))

    def _install(self, packages: list[str], folder: Path) -> None:
        """The very versions that are pinned, and their dependencies. Kept, for it takes minutes on a slow line."""
        stamp = folder.with_name(f"{folder.name}.stamp")
        if stamp.is_file() and stamp.read_text() == _digest(_LOCK):
            return
        self._say(f"installing {', '.join(packages)}")
        shutil.rmtree(folder, ignore_errors=True)
        constraints = _WORK / "constraints.txt"
        constraints.parent.mkdir(parents=True, exist_ok=True)
        constraints.write_text("".join(f"{pin}{marker or ''}\n" for pin, marker in _PIN.findall(_LOCK.read_text())))
        install_wheels(["--constraint", str(constraints), *packages], self._target, folder)
        stamp.write_text(_digest(_LOCK))


def _over(first: Subject, extra: Subject) -> Subject:
    """The extra subject with the first one's folders before its own: what both have comes from the first."""
    return Subject(
        extra.name, extra.handler, extra.event, (*first.path, *extra.path),
        extra.size + first.size, extra.files + first.files,
    )  # fmt: skip


def _unpacked(package: Package, out: Path) -> Subject:
    folder = _WORK / "unpacked" / package.name
    shutil.rmtree(folder, ignore_errors=True)
    with zipfile.ZipFile(out / package.zip) as packed:
        packed.extractall(folder)
    module = package.handler.removesuffix(".handler")
    return Subject(package.name, module, package.name, (folder,), package.size, package.files)


def _copy(source: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, folder)


def _zipped(folder: Path, files: Iterable[Path]) -> int:
    path = folder.with_name(f"{folder.name}.zip")
    write_zip(path, {file.relative_to(folder).as_posix(): file.read_bytes() for file in files})
    return path.stat().st_size


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
