"""The catalogue's API as it is imported."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from contract_compiler.api_gateway.console_import import console_body, read_environment
from contract_compiler.document import load

PROJECT = Path(__file__).parents[4]
ENVIRONMENTS = ("dev", "sit", "prod")
POOL = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_Example01"


_contract = cache(load)


def rendered(environment: str = "dev", **settings: Any) -> dict[str, Any]:
    """The body of an environment. `settings` are fields of api_gateway_console.Environment that differ."""
    chosen = replace(read_environment(PROJECT / f"terraform/environments/{environment}.tfvars.json", POOL), **settings)
    template = json.loads((PROJECT / "generated/apigateway.json").read_text())
    body: dict[str, Any] = console_body(template, _contract(PROJECT / "openapi/products.yaml"), chosen)
    return body
