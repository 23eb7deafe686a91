"""What an import makes of a body before anything reads it.

https://docs.aws.amazon.com/apigateway/latest/developerguide/import-api-aws-variables.html
"""

from __future__ import annotations

from typing import Any

from local_aws.gateway.stage import ApiIdentity


def resolved(body: Any, api: ApiIdentity) -> Any:
    """The body with AWS's own variables filled in."""
    if isinstance(body, dict):
        return {key: resolved(value, api) for key, value in body.items()}
    if isinstance(body, list):
        return [resolved(value, api) for value in body]
    return _filled(body, api) if isinstance(body, str) else body


def _filled(text: str, api: ApiIdentity) -> str:
    values = {"Partition": api.partition, "Region": api.region, "AccountId": api.account}
    for name, value in values.items():
        text = text.replace(f"${{AWS::{name}}}", value)
    return text
