"""Builds every function's package: what its handler can reach, compiled for the target, packed to the same bytes."""

from __future__ import annotations

import hashlib
import json
import subprocess
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from importlib.metadata import distributions
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lambda_packages.botocore_data import aws_calls, trimmed
from lambda_packages.imports import Imports, Module
from lambda_packages.target import BuildError, Target, unpacked_wheels

REQUIREMENTS = Path("scripts/toolchain/lambda.txt")
# Where Lambda unpacks a zip, so that a traceback names the file as it is called there.
_TASK_ROOT = "/var/task"
_BOTOCORE_DATA = "botocore/data"
# In a package's folder, but for people and type checkers.
_NOT_DATA = frozenset({".py", ".pyc", ".pyi", ".so", ".typed", ".md", ".rst"})
_COMPILE = """
import py_compile, sys
for line in sys.stdin:
    source, compiled, shown = line.rstrip("\\n").split("\\t")
    py_compile.compile(source, compiled, shown, doraise=True, quiet=1,
                       invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
"""


@dataclass(frozen=True)
class Function:
    """`name` is the operationId in snake case: the name of the handler's module, of its table and of the zip."""

    name: str

    @property
    def handler(self) -> str:
        """As Lambda's configuration wants it."""
        return f"products.handlers.{self.name}.handler"


@dataclass(frozen=True)
class Contents:
    """A zip's files by arcname: `sources` are still to be compiled, `files` go in as they are, `made` are new."""

    sources: dict[str, Path]
    files: dict[str, Path]
    made: dict[str, bytes]


@dataclass(frozen=True)
class Package:
    """A zip, built: sizes in bytes, `sha256` of the zip in hexadecimal."""

    name: str
    handler: str
    zip: str
    size: int
    unpacked: int
    files: int
    sha256: str


def build(
    project: Path, target: Target, interpreter: Path, out: Path, say: Callable[[str], None] = lambda line: None
) -> list[Package]:
    """Zips, a manifest and a bill of materials in `out`; `say` is called with every step. Raises BuildError.

    The manifest, packages.json, is what to tell Lambda of these zips, and what a local runtime must know to run them.
    """
    say(f"wheels for {target}")
    wheels = unpacked_wheels(project / REQUIREMENTS, target, project / "build" / "lambda")
    say("imports and AWS calls")
    wanted = {function: contents(function, project, wheels) for function in functions(project)}
    sources = {arcname: path for each in wanted.values() for arcname, path in each.sources.items()}
    with TemporaryDirectory() as folder:
        say(f"bytecode of {len(sources)} modules")
        compiled = compile_all(sources, interpreter, Path(folder))

        def pack(function: Function) -> Package:
            package = _package(function, wanted[function], compiled, out)
            say(f"packed {package.zip}")
            return package

        with ThreadPoolExecutor() as threads:  # Packing is zlib's work, which leaves the interpreter alone.
            packages = list(threads.map(pack, wanted))
    manifest = {**asdict(target), "functions": {package.name: asdict(package) for package in packages}}
    (out / "packages.json").write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n")
    (out / "sbom.cdx.json").write_text(json.dumps(bill_of_materials(wheels, packages), indent=1) + "\n")
    return packages


def functions(project: Path) -> list[Function]:
    """One for each compiled operation. Raises BuildError when nothing is compiled."""
    names = sorted(path.stem for path in (project / "generated" / "operations").glob("*.json"))
    if not names:
        raise BuildError("generated/operations is empty: run scripts/generate first")
    return [Function(name) for name in names]


def contents(function: Function, project: Path, wheels: Path) -> Contents:
    """Everything that the function can reach, and nothing else. Raises BuildError."""
    imports = Imports(own=[project / "src"], third_party=[wheels])
    modules = imports.reachable(function.handler.removesuffix(".handler"))
    made: dict[str, bytes] = {}
    if any(module.name == "botocore" for module in modules):
        calls = aws_calls(module for module in modules if imports.is_own(module))
        data = trimmed(wheels / _BOTOCORE_DATA, calls)
        made = {f"{_BOTOCORE_DATA}/{path}": content for path, content in data.items()}
    files = {module.arcname: module.path for module in modules if not module.is_python}
    table = f"generated/operations/{function.name}.json"  # The compiled operation, in the zip where it is here.
    return Contents(
        sources={module.arcname: module.path for module in modules if module.is_python},
        files={**files, **dict(_data(modules)), table: project / table},
        made=made,
    )


def _data(modules: Iterable[Module]) -> Iterator[tuple[str, Path]]:
    """What lies beside a package's modules: certificates, time zones."""
    for module in modules:
        if module.path.name == "__init__.py":
            for path in module.path.parent.iterdir():
                if path.is_file() and path.suffix not in _NOT_DATA:
                    yield f"{module.arcname.removesuffix('__init__.py')}{path.name}", path


def compile_all(sources: Mapping[str, Path], interpreter: Path, folder: Path) -> dict[str, Path]:
    """The arcname of each source with its bytecode below `folder`, made by the target's interpreter.

    One process, in order, with hashes fixed: the marshalled bytes depend on all three. Unchecked-hash files (PEP 552)
    in the place of the source: nothing in them depends on when or where they were made, and the import system asks the
    file system for nothing else. Tracebacks keep their file names and lines. Raises BuildError for what does not
    compile.
    """
    compiled = {arcname: folder / f"{arcname}c" for arcname in sorted(sources)}
    orders = [f"{sources[arcname]}\t{compiled[arcname]}\t{_TASK_ROOT}/{arcname}\n" for arcname in compiled]
    answer = subprocess.run(
        [interpreter, "-S", "-s", "-c", _COMPILE],
        input="".join(orders).encode(), env={"PYTHONHASHSEED": "0"}, capture_output=True, check=False,
    )  # fmt: skip
    if answer.returncode != 0:
        raise BuildError(f"{interpreter} cannot compile: {answer.stderr.decode().strip().splitlines()[-1]}")
    return compiled


def _package(function: Function, wanted: Contents, compiled: Mapping[str, Path], out: Path) -> Package:
    path = out / f"{function.name}.zip"
    bytecode = {f"{arcname}c": compiled[arcname] for arcname in wanted.sources}
    read = {arcname: file.read_bytes() for arcname, file in {**wanted.files, **bytecode}.items()}
    files = {**read, **wanted.made}
    write_zip(path, files)
    return Package(
        name=function.name,
        handler=function.handler,
        zip=path.name,
        size=path.stat().st_size,
        unpacked=sum(map(len, files.values())),
        files=len(files),
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
    )


def write_zip(path: Path, files: Mapping[str, bytes]) -> None:
    """A zip of these files, sorted by name, no folders, fixed times, readable by all: Lambda runs as another user."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))  # The earliest moment that a zip can hold.
            entry.create_system = 3  # Unix, whose permissions are the upper half of the attributes.
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED, 9)


def bill_of_materials(wheels: Path, packages: list[Package]) -> dict[str, Any]:
    """In CycloneDX 1.6's JSON: the zips, and the third-party packages in the folder `wheels` that they are made of.

    Without a time or a serial number: the same build has the same bill. https://cyclonedx.org/docs/1.6/json/
    """
    libraries = []
    for name, version in sorted((each.name.lower(), each.version) for each in distributions(path=[str(wheels)])):
        purl = f"pkg:pypi/{name.replace('_', '-')}@{version}"
        libraries.append({"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl})
    zips = []
    for each in packages:
        hashes = [{"alg": "SHA-256", "content": each.sha256}]
        zips.append({"type": "file", "bom-ref": each.zip, "name": each.zip, "hashes": hashes})
    used = [library["purl"] for library in libraries]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "components": [*zips, *libraries],
        "dependencies": [{"ref": each.zip, "dependsOn": used} for each in packages],
    }
