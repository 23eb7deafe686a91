"""What the checks of one validation share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from deployment_validation.api import Api
from deployment_validation.checks import Checks

Pause = Callable[[float], None]


@dataclass(frozen=True)
class Session:
    """`token` is an administrator's, `powerless` one of a user without a group; each None if there is none."""

    api: Api
    checks: Checks
    token: str | None
    powerless: str | None
    pause: Pause


def unknown_id() -> str:
    """An id that no product has."""
    return str(uuid4())
