"""Mock integrations: methods that API Gateway answers by itself.

https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from local_aws.gateway import velocity
from local_aws.gateway.call import Call, GatewayError
from local_aws.gateway.imported_body import Place
from local_aws.gateway.variables import IN_MAPPINGS, Expression, mapped_headers
from local_aws.proxy_response import HttpResponse

_HEADER = "method.response.header."
_JSON = "application/json"
# API Gateway takes it without quotes, as the CDK writes it.
_UNQUOTED = re.compile(r"(?<=\{)\s*statusCode\s*:")
_FAILED = "Internal server error"


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, Expression]
    templates: Mapping[str, velocity.Block]

    def render(self, call: Call, scope: velocity.Scope) -> HttpResponse:
        media, text = self._text(call, scope)
        overrides = {name.lower(): (name, value) for name, value in scope.headers.items()}
        headers = mapped_headers(media, self.headers, call.variables) | overrides
        return HttpResponse(scope.status or self.status, tuple(headers.values()), text.encode())

    def _text(self, call: Call, scope: velocity.Scope) -> tuple[str, str]:
        wanted = (call.header("accept"), _JSON, *self.templates)
        media = next((each for each in wanted if each in self.templates), None)
        return (_JSON, "") if media is None else (str(media), self.templates[str(media)].run(scope))


class Mock:
    """One method's mock integration."""

    def __init__(self, integration: Place, method: Place) -> None:
        integration.only(("type", "passthroughBehavior", "requestTemplates", "responses", "timeoutInMillis"))
        self._passthrough = integration.get("passthroughBehavior", "when_no_match").text().lower()
        Place(self._passthrough, f"{integration.pointer}/passthroughBehavior").one_of(
            "never", "when_no_match", "when_no_templates"
        )
        requests = integration.get("requestTemplates", {}).members()
        self._requests = {media.lower(): velocity.parse(each) for media, each in requests}
        self._answers = [(key, _answer(each, method)) for key, each in integration.get("responses", {}).members()]

    async def respond(self, call: Call) -> HttpResponse:
        """The answer whose pattern matches the status that the request's template makes, or the default one."""
        scope = velocity.Scope(call.variables, _parameters(call))
        status = _status(self._request(call, scope))
        for pattern, answer in self._answers:
            if pattern != "default" and re.fullmatch(pattern, str(status)):
                return answer.render(call, scope)
        default = dict(self._answers).get("default")
        if default is None:
            raise GatewayError("API_CONFIGURATION_ERROR", _FAILED)
        return default.render(call, scope)

    def _request(self, call: Call, scope: velocity.Scope) -> str:
        """What the request's template makes of the request, or its body as it is.

        https://docs.aws.amazon.com/apigateway/latest/developerguide/integration-passthrough-behaviors.html
        """
        template = self._requests.get(call.media_type())
        if template is not None:
            return template.run(scope)
        if self._passthrough == "never" or (self._passthrough == "when_no_templates" and self._requests):
            raise GatewayError("UNSUPPORTED_MEDIA_TYPE", "Unsupported Media Type")
        return call.request.body.decode("utf-8", errors="replace")


def _answer(place: Place, method: Place) -> _Answer:
    place.only(("statusCode", "responseParameters", "responseTemplates"))
    status = place["statusCode"].text()
    declared = method.get("responses", {})[status].get("headers", {})
    headers = dict(_header(name, each, declared) for name, each in place.get("responseParameters", {}).members())
    templates = place.get("responseTemplates", {}).members()
    return _Answer(int(status), headers, {media: velocity.parse(each) for media, each in templates})


def _header(name: str, place: Place, declared: Place) -> tuple[str, Expression]:
    header = name.removeprefix(_HEADER)
    if not name.startswith(_HEADER) or header not in declared:
        raise place.not_emulated("it is no header that the method's response declares")
    return header, Expression.parse(place, IN_MAPPINGS)


def _parameters(call: Call) -> dict[str, dict[str, str]]:
    """What `$input.params()` gives; API Gateway minds the case of header names."""
    return {"path": dict(call.path_parameters), "querystring": call.query(), "header": dict(call.request.headers)}


def _status(text: str) -> int:
    """The number that the request's template, or the body itself, has for a status."""
    try:
        value = json.loads(_UNQUOTED.sub('"statusCode":', text))
    except ValueError:
        value = None
    status = value.get("statusCode") if isinstance(value, dict) else None
    if not isinstance(status, int) or isinstance(status, bool):
        raise GatewayError("DEFAULT_5XX", _FAILED, status=500)
    return status
