"""What a cold run starts: folders as Lambda would unpack them, one a subject."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lambda_packages import archive, wheels
from lambda_packages.build import Package, build
from lambda_packages.target import Target
from tests.performance.benchmark.rounds import Say

PROJECT = Path(__file__).resolve().parents[3]
PROGRAMS = Path(__file__).with_name("programs")
DOCUMENT = PROJECT / "generated" / "products.json"
_WORK = PROJECT / "build" / "benchmark"
_LOCK = PROJECT / "scripts" / "toolchain" / "development.txt"
_BARE = PROGRAMS / "bare.py"
_NO_SDK = [_BARE, PROGRAMS / "stub" / "boto3.py"]
_NO_CLIENT = [_BARE, PROGRAMS / "without_client.py", PROGRAMS / "bare_without_client.py"]
_CONTRACT = [
    _BARE,
    PROGRAMS / "bare_with_contract.py",
    PROJECT / "src" / "contract",
    PROJECT / "generated" / "operations" / "create_product.json",
]
_NO_CLIENT_CONTRACT = [*_CONTRACT, PROGRAMS / "without_client.py", PROGRAMS / "contract_without_client.py"]
_PIN = re.compile(r"^([\w.-]+==[^ ;]+)( ;[^\\]+)?", re.MULTILINE)


@dataclass(frozen=True)
class Subject:
    """`handler`: the module with the handler; `event`: which first request it gets; `path`: folders to import from.

    `size` is the zip's in bytes.
    """

    name: str
    handler: str
    event: str
    path: tuple[Path, ...]
    size: int
    files: int


class Subjects:
    """Makes subjects for one target, with its interpreter."""

    def __init__(self, target: Target, interpreter: Path, say: Say) -> None:
        self._target = target
        self._interpreter = interpreter
        self._say = say

    def all(self) -> list[Subject]:
        """The bare handler first: the others are compared with it."""
        ours = self._ours()
        create = next(subject for subject in ours if subject.event == "create_product")
        return [
            self._made("bare boto3", "bare", ["boto3"], [_BARE]),
            self._made("empty", "empty", [], [PROGRAMS / "empty.py"]),
            *ours,
            self._with_openapi_core(create),
            self._made("bare boto3 + contract", "bare_with_contract", ["boto3", "jsonschema-rs"], _CONTRACT),
            self._made("boto3, no client", "bare_without_client", ["boto3"], _NO_CLIENT),
            self._made(
                "boto3, no client + contract",
                "contract_without_client",
                ["boto3", "jsonschema-rs"],
                _NO_CLIENT_CONTRACT,
            ),
            self._made("no boto3", "bare", [], _NO_SDK),
            self._made("no boto3 + contract", "bare_with_contract", ["jsonschema-rs"], [*_CONTRACT, *_NO_SDK]),
        ]

    def _ours(self) -> list[Subject]:
        out = _WORK / "packages"
        packages = build(PROJECT, self._target, self._interpreter, out, self._say)
        return [_unpacked(package, out) for package in packages]

    def _with_openapi_core(self, create: Subject) -> Subject:
        """Over our own package, so that nothing differs but the engine."""
        sources = [PROGRAMS / "openapi_core_engine.py", PROGRAMS / "create_with_openapi_core.py", DOCUMENT]
        extra = self._made("create_product, openapi-core", "create_with_openapi_core", ["openapi-core"], sources)
        return Subject(
            extra.name, extra.handler, extra.event, (*create.path, *extra.path),
            extra.size + create.size, extra.files + create.files,
        )  # fmt: skip

    def _made(self, name: str, handler: str, packages: list[str], sources: Iterable[Path]) -> Subject:
        """A folder as `pip install --target` makes it, bytecode included, with the sources beside."""
        folder = _WORK / f"{name.replace(' ', '-')}-{self._target}"
        if packages:
            self._install(packages, folder)
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
        wheels.install(["--constraint", str(constraints), *packages], self._target, folder)
        stamp.write_text(_digest(_LOCK))


def _unpacked(package: Package, out: Path) -> Subject:
    folder = _WORK / "unpacked" / package.name
    shutil.rmtree(folder, ignore_errors=True)
    with zipfile.ZipFile(out / package.zip) as packed:
        packed.extractall(folder)
    module = package.handler.removesuffix(".handler")
    return Subject(package.name, module, package.name, (folder,), package.size, package.files)


def _copy(source: Path, folder: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, folder / source.name, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, folder)


def _zipped(folder: Path, files: Iterable[Path]) -> int:
    path = folder.with_name(f"{folder.name}.zip")
    archive.write(path, {file.relative_to(folder).as_posix(): file.read_bytes() for file in files})
    return path.stat().st_size


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
