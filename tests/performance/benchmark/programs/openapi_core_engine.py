"""openapi-core in the engine's place: the same handlers, held to the document at run time instead of to its tables.

Set up as its own documentation advises where time counts: the document is JSON and is not itself checked.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

# The compiled checks are not used, so their engine must not be paid for.
unused = ModuleType("jsonschema_rs")
unused.__getattr__ = lambda name: type(name, (Exception,), {})  # type: ignore[method-assign]
sys.modules["jsonschema_rs"] = unused

from openapi_core import Config, OpenAPI  # noqa: E402
from openapi_core.datatypes import RequestParameters  # noqa: E402
from openapi_core.exceptions import OpenAPIError  # noqa: E402
from werkzeug.datastructures import Headers, ImmutableMultiDict  # noqa: E402

import contract.operation  # noqa: E402
from contract import strict_json  # noqa: E402
from contract.gateway_event import RawRequest  # noqa: E402
from contract.messages import Request, Response  # noqa: E402
from contract.operation import Operation  # noqa: E402
from contract.problems import Refusal  # noqa: E402


def _openapi() -> OpenAPI:
    with open(os.environ["CONTRACT_DOCUMENT"], encoding="utf-8") as file:  # noqa: PTH123  # As the cold run does.
        document = json.load(file)
    parsers: dict[str, Callable[[bytes], Any]] = {"application/json": strict_json.loads}
    # None is what openapi-core documents for "no check of the document"; its types do not know.
    unchecked = Config(spec_validator_cls=None, extra_media_type_deserializers=parsers)  # type: ignore[arg-type]
    return OpenAPI.from_dict(document, config=unchecked)


OPENAPI = _openapi()


@dataclass
class AskedRequest:
    """A request as openapi-core wants it."""

    host_url: str
    method: str
    path: str
    parameters: RequestParameters
    body: bytes | None
    content_type: str


@dataclass
class GivenResponse:
    """A response as openapi-core wants it."""

    status_code: int
    data: bytes | None
    content_type: str
    headers: Headers


class InterpretedOperation(Operation):
    """Checks against the document."""

    _asked: AskedRequest

    def __init__(self, table: Mapping[str, Any]) -> None:
        super().__init__(table)
        vars(self.responses)["encoded"] = self._encoded

    def check_request(self, raw: RawRequest) -> Request:
        self._asked = _asked(raw)
        try:
            checked = OPENAPI.unmarshal_request(self._asked)
            checked.raise_for_errors()
        except OpenAPIError:
            raise Refusal(400) from None
        parameters: Any = checked.parameters
        return Request(
            self.operation_id,
            raw.request_id,
            raw.path,
            path_parameters=parameters.path,
            query=parameters.query,
            headers=parameters.header,
            body=checked.body,
            claims=raw.claims,
            route=self.path,
        )

    def _encoded(self, response: Response) -> tuple[str, bool]:
        body = "" if response.body is None else strict_json.dumps(response.body)
        OPENAPI.validate_response(self._asked, _given(response, body.encode()))
        return body, False


def _asked(raw: RawRequest) -> AskedRequest:
    parameters = RequestParameters(
        query=ImmutableMultiDict([(name, value) for name, values in raw.query.items() for value in values]),
        header=Headers([(name, value) for name, values in raw.headers.items() for value in values]),
    )
    content_type = raw.header("content-type") or ""
    return AskedRequest("", raw.method.lower(), raw.path, parameters, raw.body_bytes(), content_type)


def _given(response: Response, body: bytes) -> GivenResponse:
    content_type = response.headers.get("Content-Type", "application/json")
    return GivenResponse(response.status, body, content_type, Headers(dict(response.headers)))


contract.operation.Operation = InterpretedOperation  # type: ignore[misc]
