"""The files of a release, for client teams: `scripts/release_assets`."""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import json
import re
import sys
import tarfile
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from publishing.document import BUNDLE, PROJECT, CannotPublish, contract_files, convert, json_bytes

PACKAGE = "@bbws/product-catalogue"
POSTMAN = PROJECT / "scripts" / "toolchain" / "clients" / "node_modules" / ".bin" / "openapi2postmanv2"
CHECKSUMS = "SHA256SUMS"
_PRERELEASE = re.compile(r"[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*")
_POSTMAN_OPTIONS = "folderStrategy=Tags,parametersResolution=Example,enableOptionalParameters=false"
_README = """\
# {name}

TypeScript types of the product catalogue's API, version {version}, and the OpenAPI document that they are made of.

    import type {{ paths, components }} from "{name}";

`openapi.json` and `openapi.yaml` are in the package, too. How to page, to retry and to use ETags stands on the site,
under *For client teams*.
"""


def assets(version: str) -> dict[str, bytes]:
    """The files of a release by name, the same from the same commit; `version` is that of the package of types.

    Raises CannotPublish.
    """
    files = contract_files()
    files |= {name: (PROJECT / "generated" / name).read_bytes() for name in ("products.d.ts", "models.py")}
    files["products.postman_collection.json"] = json_bytes(collection(json.loads(files["products.json"])))
    files[f"{PACKAGE.strip('@').replace('/', '-')}-{version}.tgz"] = package(version, files)
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))
    return {**files, CHECKSUMS: sums.encode()}


def package(version: str, files: Mapping[str, bytes]) -> bytes:
    """The npm package of types, as `npm install FILE` takes it."""
    description = {
        "name": PACKAGE,
        "version": version,
        "description": "Types of the product catalogue's API, and its OpenAPI document",
        "license": "UNLICENSED",
        "types": "./index.d.ts",
        "exports": {
            ".": {"types": "./index.d.ts"},
            "./openapi.json": "./openapi.json",
            "./openapi.yaml": "./openapi.yaml",
            "./package.json": "./package.json",
        },
    }
    content = {
        "package.json": json_bytes(description),
        "README.md": _README.format(name=PACKAGE, version=version).encode(),
        "index.d.ts": files["products.d.ts"],
        "openapi.json": files["products.json"],
        "openapi.yaml": files["products.yaml"],
    }
    archive = io.BytesIO()
    with gzip.GzipFile(fileobj=archive, mode="wb", mtime=0) as zipped, tarfile.open(fileobj=zipped, mode="w") as tar:
        for name, data in content.items():
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size, entry.mode = len(data), 0o644
            tar.addfile(entry, io.BytesIO(data))
    return archive.getvalue()


def collection(document: dict[str, Any]) -> dict[str, Any]:
    """A Postman collection: each request filled in with the contract's example, optional parameters switched off.

    Its variables are `baseUrl`, the last environment that the document names, and `bearerToken`.
    """
    source = PROJECT / "build" / "postman"
    source.mkdir(parents=True, exist_ok=True)
    given, made = source / "document.json", source / "collection.json"
    given.write_bytes(json_bytes(_illustrated(document)))
    convert(given, made, POSTMAN, ["-s", given, "-o", made, "-O", _POSTMAN_OPTIONS], "clients")
    result: dict[str, Any] = _named(json.loads(made.read_text(encoding="utf-8")), "")
    result["variable"] = [
        {"key": "baseUrl", "value": document["servers"][-1]["url"]},
        {"key": "bearerToken", "value": "", "description": "An administrator's token, for what is not public"},
    ]
    return result


def _illustrated(node: Any) -> Any:
    """Illustrations for examples: what may be left out is switched off in the collection, and shows how it looks."""
    if isinstance(node, list):
        return [_illustrated(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {"example" if key == "x-illustration" else key: _illustrated(value) for key, value in node.items()}


def _named(node: Any, place: str) -> Any:
    """Ids made of their places: the converter's are new each time."""
    if isinstance(node, list):
        return [_named(each, f"{place}/{index}") for index, each in enumerate(node)]
    if not isinstance(node, dict):
        return node
    return {
        key: str(uuid.uuid5(uuid.NAMESPACE_URL, f"{place}/{key}"))
        if key in ("id", "_postman_id") and isinstance(value, str)
        else _named(value, f"{place}/{key}")
        for key, value in node.items()
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the assets and returns the exit status: 0, or 1 when they cannot be made."""
    parser = argparse.ArgumentParser("scripts/release_assets", description=__doc__)
    parser.add_argument("--out", type=Path, default=PROJECT / "dist" / "release", metavar="DIR")
    before = "make the package one that comes before the version: 1.0.0-ID, such as next.12"
    parser.add_argument("--prerelease", metavar="ID", help=before)
    options = parser.parse_args(arguments)
    if options.prerelease and not _PRERELEASE.fullmatch(options.prerelease):
        parser.error("--prerelease takes letters, digits and hyphens, with dots between them")
    version = json.loads(BUNDLE.read_text(encoding="utf-8"))["info"]["version"]
    try:
        files = assets(f"{version}-{options.prerelease}" if options.prerelease else version)
    except CannotPublish as error:
        print(error, file=sys.stderr)
        return 1
    options.out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (options.out / name).write_bytes(content)
        print(options.out / name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
