"""Gateway responses: what API Gateway answers by itself, one for each type, customised in the body or not.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from local_aws.gateway.call import Call, GatewayError
from local_aws.gateway.imported_body import Place
from local_aws.gateway.variables import IN_GATEWAY_RESPONSES, Expression, Template, mapped_headers
from local_aws.proxy_response import HttpResponse

# The statuses of the refusals that are emulated, where the body gives no other. Which types a body may have besides is
# for the import to say: nothing asks for them here.
_STATUSES = {
    "API_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_FAILURE": 500,
    "BAD_REQUEST_BODY": 400,
    "BAD_REQUEST_PARAMETERS": 400,
    "INTEGRATION_FAILURE": 504,
    "INTEGRATION_TIMEOUT": 504,
    "INVALID_SIGNATURE": 403,
    "MISSING_AUTHENTICATION_TOKEN": 403,
    "THROTTLED": 429,
    "UNAUTHORIZED": 401,
    "UNSUPPORTED_MEDIA_TYPE": 415,
}
# The headers that a response has when nobody has customised it, those that are known.
_ERROR_TYPES = {
    "API_CONFIGURATION_ERROR": "InternalServerErrorException",
    "MISSING_AUTHENTICATION_TOKEN": "MissingAuthenticationTokenException",
}
_FALLBACKS = {4: "DEFAULT_4XX", 5: "DEFAULT_5XX"}
_HEADER = "gatewayresponse.header."
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class GatewayResponse:
    """A gateway response. `status` None: the one that the error has by itself."""

    status: int | None
    headers: Mapping[str, Expression]
    templates: Mapping[str, Template]

    @classmethod
    def parse(cls, place: Place) -> GatewayResponse:
        place.only(("statusCode", "responseParameters", "responseTemplates"))
        templates = place.get("responseTemplates", {}).members()
        return cls(
            int(place["statusCode"].text()) if "statusCode" in place else None,
            dict(_header(name, each) for name, each in place.get("responseParameters", {}).members()),
            {media: Template.parse(each, IN_GATEWAY_RESPONSES) for media, each in templates} or _PLAIN.templates,
        )

    def render(self, call: Call, status: int) -> HttpResponse:
        """The whole response."""
        media, template = self._template(call)
        headers = mapped_headers(media, self.headers, call.variables)
        return HttpResponse(self.status or status, tuple(headers.values()), template.render(call.variables).encode())

    def _template(self, call: Call) -> tuple[str, Template]:
        wanted = (call.header("accept") or _JSON, _JSON, next(iter(self.templates)))
        return next((media, self.templates[media]) for media in wanted if media in self.templates)


def _header(name: str, place: Place) -> tuple[str, Expression]:
    if not name.startswith(_HEADER):
        raise place.not_emulated("only headers are emulated")
    return name.removeprefix(_HEADER), Expression.parse(place, IN_GATEWAY_RESPONSES)


_PLAIN = GatewayResponse(None, {}, {_JSON: Template('{"message":$context.error.messageString}')})


class GatewayResponses:
    """The responses of one API."""

    def __init__(self, place: Place) -> None:
        """`place` is the extension x-amazon-apigateway-gateway-responses."""
        self._responses = {name: GatewayResponse.parse(each) for name, each in place.members()}

    def to(self, call: Call, refused: GatewayError) -> HttpResponse:
        """The response to a request that the gateway refuses."""
        call.note_refusal(refused)
        status = refused.status or _STATUSES[refused.response_type]
        names = (refused.response_type, _FALLBACKS[status // 100])
        customised = next((self._responses[name] for name in names if name in self._responses), None)
        if customised is not None:
            return customised.render(call, status)
        response = _PLAIN.render(call, status)
        kind = _ERROR_TYPES.get(refused.response_type)
        return replace(response, headers=(*response.headers, ("x-amzn-ErrorType", kind))) if kind else response
