"""The contract as it is published: with the addresses of the environments, from the settings that Terraform reads."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
CONTRACT = PROJECT / "openapi" / "products.yaml"
BUNDLE = PROJECT / "generated" / "products.json"
SETTINGS = PROJECT / "terraform" / "environments"

_SERVERS = re.compile(r"^servers:\n(?:[ -].*\n)+", re.MULTILINE)
_PURPOSES = {
    "prod": "Production",
    "sit": "Staging: system integration testing",
    "dev": "Development: the next version, to test against",
}


class CannotPublish(Exception):
    """Exception for what cannot be made; the message says what is missing, or what a tool refuses."""


@dataclass(frozen=True)
class PublicEnvironment:
    """`url` is where the contract's paths begin, without a slash at its end."""

    name: str
    url: str


def environments(settings: Path = SETTINGS) -> list[PublicEnvironment]:
    """The environments that clients reach under a host of their own (`public_host`), prod first.

    Raises CannotPublish when there is none.
    """
    found = []
    for file in sorted(settings.glob("*.tfvars.json")):
        written = json.loads(file.read_text(encoding="utf-8"))
        if host := written.get("public_host"):
            parts = (f"https://{host}", written.get("base_path"))
            found.append(PublicEnvironment(written["environment"], "/".join(filter(None, parts))))
    if not found:
        raise CannotPublish(f"No file of {settings} has a public_host: clients would not know where the API is.")
    order = list(_PURPOSES)
    return sorted(found, key=lambda each: order.index(each.name) if each.name in order else len(order))


def contract_files() -> dict[str, bytes]:
    """`products.yaml` and `products.json` as they are published. Raises CannotPublish."""
    servers = environments()
    return {
        "products.yaml": published_text(CONTRACT.read_text(encoding="utf-8"), servers).encode(),
        "products.json": json_bytes(published(json.loads(BUNDLE.read_text(encoding="utf-8")), servers)),
    }


def json_bytes(value: Any) -> bytes:
    """The value as the text of a file."""
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


def published(bundle: dict[str, Any], servers: list[PublicEnvironment]) -> dict[str, Any]:
    """The bundle with the environments for its servers."""
    return {**bundle, "servers": _servers(servers)}


def published_text(contract: str, servers: list[PublicEnvironment]) -> str:
    """The contract's own YAML, comments and all, with the environments for its servers.

    Raises CannotPublish when it does not have one list of servers, in block style.
    """
    lines = (f"  - {json.dumps(each)}\n" for each in _servers(servers))
    text, count = _SERVERS.subn(lambda _: "servers:\n" + "".join(lines), contract)
    if count != 1:
        raise CannotPublish(f"The contract has {count} lists of servers in block style, where it needs one.")
    return text


def _servers(environments: list[PublicEnvironment]) -> list[dict[str, Any]]:
    return [
        {"url": each.url, "description": _PURPOSES.get(each.name, each.name), "x-internal": each.name != "prod"}
        for each in environments
    ]


def convert(document: Path, made: Path, tool: Path, arguments: Sequence[str | Path], installed_by: str) -> None:
    """Runs a Node.js tool that makes a file of the document. Raises CannotPublish."""
    if not tool.exists():
        raise CannotPublish(f"{tool} is missing: scripts/toolchain/install.py {installed_by} installs it")
    quiet = {**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    done = subprocess.run(
        [tool, *arguments], capture_output=True, text=True, check=False, env=quiet, cwd=document.parent
    )
    if done.returncode != 0 or not made.exists():
        raise CannotPublish(f"{tool.name} refuses the document: {done.stdout}{done.stderr}")
