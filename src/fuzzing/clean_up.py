"""Retires what a run has created."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

_AT_ONCE = 4
_TRIES = 4
_TIMEOUT = 10.0
_GONE = {204, 404}
_BUSY = {429, 500, 502, 503, 504}


def retire(url: str, token: str, document: Mapping[str, Any], ids: Iterable[str]) -> list[str]:
    """Send deleteProduct for each id. Returns the ids of those that may still be active; `url` is as in `Settings`."""
    path = _path(document, "deleteProduct")

    def retired(product_id: str) -> bool:
        place = f"{url}{path.replace('{productId}', quote(product_id, safe=''))}"
        return _patiently(lambda: _delete(place, token)) in _GONE

    wanted = list(ids)
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        return [product_id for product_id, done in zip(wanted, threads.map(retired, wanted), strict=True) if not done]


def _path(document: Mapping[str, Any], operation_id: str) -> str:
    for path, item in document["paths"].items():
        if any(isinstance(each, dict) and each.get("operationId") == operation_id for each in item.values()):
            return str(path)
    raise LookupError(operation_id)


def _patiently(attempt: Callable[[], int]) -> int:
    """The status of the first answer that is no passing failure, or of the last."""
    for turn in range(_TRIES):
        status = attempt()
        if status not in _BUSY:
            break
        time.sleep(0.2 * 2**turn)
    return status


def _delete(place: str, token: str) -> int:
    """The answer's status; 503 when there is none."""
    try:
        request = Request(place, method="DELETE", headers={"Authorization": f"Bearer {token}"})
        with urlopen(request, timeout=_TIMEOUT) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code
    except (OSError, HTTPException):
        return 503
