"""Which origins a deployment lets in from a browser: what its environment's Terraform variables say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from deployment_validation.connection import BaseUrl
from deployment_validation.errors import CannotRun

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENTS = ROOT / "terraform" / "environments"
LOCAL = "http://localhost:3000"
"""An origin that scripts/serve lets in unless it is told others."""

_ALLOWED = re.compile(r"^allowed_origins\s*=\s*\[([^\]]*)\]", re.MULTILINE)


def origin(named: str | None, environment: str | None, base: BaseUrl) -> str | None:
    """The origin to call from: the named one, else the first of the environment, else one of serve. None: unknown.

    Without a name the environment is the URL's last segment: a stage has its environment's name. Raises CannotRun.
    """
    if named:
        return named
    if environment or base.last_segment in environments():
        return _first_origin(environment or base.last_segment)
    return LOCAL if base.is_local else None


def environments() -> Sequence[str]:
    """The names of the environments."""
    return sorted(path.stem for path in ENVIRONMENTS.glob("*.tfvars"))


def _first_origin(environment: str) -> str:
    """The first one: the gateway's own refusals can name one only, and that is the one."""
    text = (ENVIRONMENTS / f"{environment}.tfvars").read_text(encoding="utf-8")
    listed = _ALLOWED.search(text)
    if not listed or not (origins := re.findall(r'"([^"]*)"', listed.group(1))):
        raise CannotRun(f"terraform/environments/{environment}.tfvars names no allowed_origins: use --origin.")
    return str(origins[0])
