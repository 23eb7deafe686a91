"""The contract as it is published: with the addresses of the environments, from the settings that Terraform reads."""

from __future__ import annotations

import json
import re
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


class NoAddress(Exception):
    """Exception for settings of environments none of which says under which host clients reach it."""


@dataclass(frozen=True)
class PublicEnvironment:
    """`url` is where the contract's paths begin, without a slash at its end."""

    name: str
    url: str


def environments(settings: Path = SETTINGS) -> list[PublicEnvironment]:
    """The environments that clients reach under a host of their own (`public_host`), prod first. Raises NoAddress."""
    found = []
    for file in sorted(settings.glob("*.tfvars.json")):
        written = json.loads(file.read_text(encoding="utf-8"))
        if host := written.get("public_host"):
            parts = (f"https://{host}", written.get("base_path"))
            found.append(PublicEnvironment(written["environment"], "/".join(filter(None, parts))))
    if not found:
        raise NoAddress(f"No file of {settings} has a public_host: clients would not know where the API is.")
    order = list(_PURPOSES)
    return sorted(found, key=lambda each: order.index(each.name) if each.name in order else len(order))


def published(bundle: dict[str, Any], servers: list[PublicEnvironment]) -> dict[str, Any]:
    """The bundle with the environments for its servers."""
    return {key: _servers(servers) if key == "servers" else value for key, value in bundle.items()}


def published_text(contract: str, servers: list[PublicEnvironment]) -> str:
    """The contract's own YAML, comments and all, with the environments for its servers."""
    lines = (f"  - {json.dumps(each)}\n" for each in _servers(servers))
    text, count = _SERVERS.subn(lambda _: "servers:\n" + "".join(lines), contract)
    assert count == 1, "the contract has one list of servers"
    return text


def _servers(environments: list[PublicEnvironment]) -> list[dict[str, Any]]:
    return [
        {"url": each.url, "description": _PURPOSES.get(each.name, each.name), "x-internal": each.name != "prod"}
        for each in environments
    ]
