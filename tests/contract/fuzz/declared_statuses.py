"""The statuses that a run has to reach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contract.http_syntax import METHODS

UNPROVOKED = {"429", "500", "502", "503", "504"}
"""What only a fault or an overload of the service brings about."""


def expected(document: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Every (operationId, status) that an OpenAPI document declares and a client can provoke.

    A 409 to a request without a body is left out: it conflicts with what is stored, which no client may have stored.
    """
    return {
        (item[method]["operationId"], status)
        for item in document["paths"].values()
        for method in METHODS
        if method in item
        for status in item[method]["responses"]
        if status not in UNPROVOKED and (status != "409" or "requestBody" in item[method])
    }
