"""Builds every function's package: compiles its modules for the target, and packs them, the same bytes every time."""

from __future__ import annotations

import hashlib
import json
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from importlib.metadata import distributions
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lambda_packages.package import Contents, Function, contents, functions
from lambda_packages.target import BuildError, Target
from lambda_packages.wheels import unpack

REQUIREMENTS = Path("scripts/toolchain/lambda.txt")
MANIFEST = "packages.json"
BILL_OF_MATERIALS = "sbom.cdx.json"


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
    """Zips, a manifest and a bill of materials in `out`; `say` is called with every step. Raises BuildError."""
    work = project / "build" / "lambda"
    say(f"wheels for {target}")
    wheels = unpack(project / REQUIREMENTS, target, work)
    say("imports and AWS calls")
    wanted = {function: contents(function, project, wheels) for function in functions(project)}
    with TemporaryDirectory() as folder:
        compiled = _compiled(wanted, interpreter, Path(folder), say)
        with ThreadPoolExecutor() as threads:  # Packing is zlib's work, which leaves the interpreter alone.
            made = [threads.submit(_package, function, each, compiled, out, say) for function, each in wanted.items()]
            packages = [future.result() for future in made]
    _write_manifest(out / MANIFEST, target, packages)
    materials = json.dumps(bill_of_materials(wheels, packages), indent=1)
    (out / BILL_OF_MATERIALS).write_text(materials + "\n")
    return packages


def bill_of_materials(wheels: Path, packages: list[Package]) -> dict[str, Any]:
    """In CycloneDX 1.6's JSON: the zips, and the third-party packages in the folder `wheels` that they are made of.

    Without a time or a serial number: the same build has the same bill. https://cyclonedx.org/docs/1.6/json/
    """
    libraries = []
    for name, version in sorted((each.name.lower(), each.version) for each in distributions(path=[str(wheels)])):
        purl = f"pkg:pypi/{name.replace('_', '-')}@{version}"
        libraries.append({"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl})
    zips = [
        {
            "type": "file",
            "bom-ref": each.zip,
            "name": each.zip,
            "hashes": [{"alg": "SHA-256", "content": each.sha256}],
        }
        for each in packages
    ]
    used = [library["purl"] for library in libraries]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "components": [*zips, *libraries],
        "dependencies": [{"ref": each.zip, "dependsOn": used} for each in packages],
    }


def _compiled(
    wanted: Mapping[Function, Contents], interpreter: Path, folder: Path, say: Callable[[str], None]
) -> dict[str, Path]:
    sources = {arcname: path for each in wanted.values() for arcname, path in each.sources.items()}
    say(f"bytecode of {len(sources)} modules")
    return compile_all(sources, interpreter, folder)


def _package(
    function: Function, wanted: Contents, compiled: Mapping[str, Path], out: Path, say: Callable[[str], None]
) -> Package:
    path = out / f"{function.name}.zip"
    bytecode = {f"{arcname}c": compiled[arcname] for arcname in wanted.sources}
    read = {arcname: path.read_bytes() for arcname, path in {**wanted.files, **bytecode}.items()}
    files = {**read, **wanted.made}
    write_zip(path, files)
    say(f"packed {path.name}")
    return Package(
        name=function.name,
        handler=function.handler,
        zip=path.name,
        size=path.stat().st_size,
        unpacked=sum(map(len, files.values())),
        files=len(files),
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
    )


def _write_manifest(path: Path, target: Target, packages: list[Package]) -> None:
    """What to tell Lambda of these zips, and what a local runtime must know to run them."""
    manifest = {**asdict(target), "functions": {package.name: asdict(package) for package in packages}}
    path.write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n")


# Where Lambda unpacks a zip, so that a traceback names the file as it is called there.
TASK_ROOT = "/var/task"
_COMPILE = """
import py_compile, sys
for line in sys.stdin:
    source, compiled, shown = line.rstrip("\\n").split("\\t")
    py_compile.compile(source, compiled, shown, doraise=True, quiet=1,
                       invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
"""


def compile_all(sources: Mapping[str, Path], interpreter: Path, folder: Path) -> dict[str, Path]:
    """The arcname of each source with its bytecode below `folder`, made by the target's interpreter.

    One process, in order, with hashes fixed: the marshalled bytes depend on all three. Unchecked-hash files (PEP 552)
    in the place of the source: nothing in them depends on when or where they were made, and the import system asks the
    file system for nothing else. Tracebacks keep their file names and lines. Raises BuildError for what does not
    compile.
    """
    compiled = {arcname: folder / f"{arcname}c" for arcname in sorted(sources)}
    orders = [f"{sources[arcname]}\t{compiled[arcname]}\t{TASK_ROOT}/{arcname}\n" for arcname in compiled]
    answer = subprocess.run(
        [interpreter, "-S", "-s", "-c", _COMPILE],
        input="".join(orders).encode(), env={"PYTHONHASHSEED": "0"}, capture_output=True, check=False,
    )  # fmt: skip
    if answer.returncode != 0:
        raise BuildError(f"{interpreter} cannot compile: {answer.stderr.decode().strip().splitlines()[-1]}")
    return compiled


# The earliest moment that a zip can hold.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o100644 << 16
_UNIX = 3


def write_zip(path: Path, files: Mapping[str, bytes]) -> None:
    """A zip of these files, sorted by name, no folders, fixed times, readable by all: Lambda runs as another user."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in sorted(files.items()):
            archive.writestr(_entry(name), content, zipfile.ZIP_DEFLATED, 9)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.create_system = _UNIX
    entry.external_attr = _READABLE
    return entry
