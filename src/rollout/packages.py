"""The zips of one build, told apart by one digest: that of their manifest, which holds the digest of each."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

MANIFEST = "packages.json"


class OtherPackages(Exception):
    """A folder does not hold what it should. The message says what is different."""


def digest(folder: Path) -> str:
    """SHA-256 of the manifest, in hexadecimal. Raises OtherPackages when the zips are not those that it lists."""
    try:
        manifest = (folder / MANIFEST).read_bytes()
    except FileNotFoundError:
        raise OtherPackages(f"there is no {MANIFEST} in {folder}") from None
    listed = _listed(manifest, folder)
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.zip")}
    if different := sorted(name for name in listed | found if listed.get(name) != found.get(name)):
        raise OtherPackages(f"not as {MANIFEST} lists them: {', '.join(different)}")
    return hashlib.sha256(manifest).hexdigest()


def _listed(manifest: bytes, folder: Path) -> dict[str, str]:
    try:
        return {each["zip"]: each["sha256"] for each in json.loads(manifest)["functions"].values()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise OtherPackages(f"{MANIFEST} in {folder} is no list of zips and their digests") from None


def check(folder: Path, wanted: str) -> None:
    """Raises OtherPackages when the folder does not hold the build with this digest."""
    if (found := digest(folder)) != wanted:
        raise OtherPackages(f"the digest of {folder / MANIFEST} is {found}, not {wanted}")
