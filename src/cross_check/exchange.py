"""One request of a declared operation together with its response."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cross_check.contract_document import Operation
from local_aws.proxy_answer import HttpResponse
from local_aws.proxy_event import HttpRequest


@dataclass(frozen=True)
class Exchange:
    """`path_parameters` are still percent-encoded."""

    operation: Operation
    request: HttpRequest
    path_parameters: Mapping[str, str]
    response: HttpResponse
    request_id: str
