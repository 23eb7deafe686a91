"""What the environment decides, read once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

SHORTEST_SIGNING_KEY = 16


class MissingSetting(Exception):
    """The function cannot start. The message names the variable, never its value."""


class Settings(NamedTuple):
    """`table`: name of the DynamoDB table. `region`: where it is. `allowed_origins`: who may call from a browser.

    `log_level`: None leaves it to Lambda's own setting.
    """

    table: str
    region: str
    allowed_origins: frozenset[str]
    log_level: str | None

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Settings:
        """PRODUCTS_TABLE, AWS_REGION, ALLOWED_ORIGINS (may be empty), LOG_LEVEL (optional). Raises MissingSetting."""
        return cls(
            table=_required(environment, "PRODUCTS_TABLE"),
            region=_required(environment, "AWS_REGION"),
            allowed_origins=frozenset(_listed(environment.get("ALLOWED_ORIGINS", ""))),
            log_level=environment.get("LOG_LEVEL") or None,
        )


def cursor_signing_keys(environment: Mapping[str, str]) -> tuple[bytes, ...]:
    """CURSOR_SIGNING_KEYS: the first key signs, all of them verify. Raises MissingSetting."""
    keys = _listed(_required(environment, "CURSOR_SIGNING_KEYS"))
    if not keys or any(len(key) < SHORTEST_SIGNING_KEY for key in keys):
        raise MissingSetting(f"CURSOR_SIGNING_KEYS needs keys of {SHORTEST_SIGNING_KEY} characters or more")
    return tuple(key.encode() for key in keys)


def _required(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "").strip()
    if not value:
        raise MissingSetting(f"the environment variable {name} is not set")
    return value


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
