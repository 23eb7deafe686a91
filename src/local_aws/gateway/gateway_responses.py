"""Gateway responses: what API Gateway answers by itself, one for each type, customised in the body or not.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
"""

from __future__ import annotations

from dataclasses import replace

from local_aws.asgi import HttpResponse
from local_aws.gateway.call import Call, GatewayError
from local_aws.gateway.imported_body import Place
from local_aws.gateway.templates import IN_GATEWAY_RESPONSES, Expression, Template, mapped_headers, template_for

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
_PLAIN_TEMPLATES = {"application/json": '{"message":$context.error.messageString}'}


class GatewayResponse:
    """A gateway response, as the body customises it."""

    def __init__(self, place: Place) -> None:
        place.only(("statusCode", "responseParameters", "responseTemplates"))
        self._status = int(place["statusCode"].text()) if "statusCode" in place else None
        self._headers: dict[str, Expression] = {}
        for name, each in place.get("responseParameters", {}).members():
            if not name.startswith(_HEADER):
                raise each.not_emulated("only headers are emulated")
            self._headers[name.removeprefix(_HEADER)] = Expression(each, IN_GATEWAY_RESPONSES)
        templates = place.get("responseTemplates", {})
        if not templates.mapping():
            templates = Place(_PLAIN_TEMPLATES)
        self._templates = {media: Template(each, IN_GATEWAY_RESPONSES) for media, each in templates.members()}

    def render(self, call: Call, status: int) -> HttpResponse:
        """The whole response. `status` is the one that the error has by itself."""
        media, template = template_for(call.header("accept"), self._templates)
        assert template is not None
        headers = mapped_headers(media, self._headers, call.variables)
        return HttpResponse(self._status or status, tuple(headers.values()), template.render(call.variables).encode())


class GatewayResponses:
    """The responses of one API."""

    def __init__(self, place: Place) -> None:
        """`place` is the extension x-amazon-apigateway-gateway-responses."""
        self._responses = {name: GatewayResponse(each) for name, each in place.members()}
        self._plain = GatewayResponse(Place({}))

    def to(self, call: Call, refused: GatewayError) -> HttpResponse:
        """The response to a request that the gateway refuses."""
        call.note_refusal(refused)
        status = refused.status or _STATUSES[refused.response_type]
        names = (refused.response_type, _FALLBACKS[status // 100])
        customised = next((self._responses[name] for name in names if name in self._responses), None)
        if customised is not None:
            return customised.render(call, status)
        response = self._plain.render(call, status)
        kind = _ERROR_TYPES.get(refused.response_type)
        return replace(response, headers=(*response.headers, ("x-amzn-ErrorType", kind))) if kind else response
