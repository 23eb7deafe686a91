"""Builds every function's package."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from lambda_packages import archive
from lambda_packages.bundle import bundled
from lambda_packages.bytecode import compile_all
from lambda_packages.package import Contents, Function, contents, functions
from lambda_packages.target import Target
from lambda_packages.wheels import unpack

REQUIREMENTS = Path("scripts/toolchain/lambda.txt")
MANIFEST = "packages.json"


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
    """Zips and a manifest in `out`; `say` is told of every step. Raises BuildError."""
    work = project / "build" / "lambda"
    say(f"wheels for {target}")
    wheels = unpack(project / REQUIREMENTS, target, work)
    say("imports and AWS calls")
    wanted = {function: contents(function, project, wheels) for function in functions(project)}
    wanted = _with_bundles(wanted, interpreter)
    with TemporaryDirectory() as folder:
        compiled = _compiled(wanted, interpreter, Path(folder), say)
        with ThreadPoolExecutor() as threads:  # Packing is zlib's work, which leaves the interpreter alone.
            made = [threads.submit(_package, function, each, compiled, out, say) for function, each in wanted.items()]
            packages = [future.result() for future in made]
    _write_manifest(out / MANIFEST, target, packages)
    return packages


def _with_bundles(wanted: Mapping[Function, Contents], interpreter: Path) -> dict[Function, Contents]:
    """The contents with their bundles made, each once: most functions have the same."""
    bundles = {
        modules: {f"{modules[0].arcname}c": bundled(modules, interpreter)}
        for modules in {each.bundle for each in wanted.values() if each.bundle}
    }
    return {
        function: replace(each, made={**each.made, **bundles.get(each.bundle, {})}) for function, each in wanted.items()
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
    archive.write(path, files)
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
