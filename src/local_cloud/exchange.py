"""One request of a declared operation together with its response."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from local_cloud.contract_document import Operation
from local_cloud.proxy_answer import HttpResponse
from local_cloud.proxy_event import HttpRequest


@dataclass(frozen=True)
class Exchange:
    """`path_parameters` are still percent-encoded."""

    operation: Operation
    request: HttpRequest
    path_parameters: Mapping[str, str]
    response: HttpResponse
    request_id: str
