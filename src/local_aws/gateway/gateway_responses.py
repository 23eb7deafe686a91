"""Gateway responses: what API Gateway answers by itself, one for each type, customised in the body or not.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
"""

from __future__ import annotations

from dataclasses import replace

from local_aws.asgi import HttpResponse
from local_aws.gateway.call import Call, GatewayError
from local_aws.gateway.imported_body import Place
from local_aws.gateway.templates import IN_GATEWAY_RESPONSES, MappedResponse, Scope, Template, VelocityTemplate

# The statuses of the refusals that are emulated, where the body gives no other. Which types a body may have besides is
# for the import to say: nothing asks for them here.
_STATUSES = {
    "API_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_FAILURE": 500,
    "BAD_REQUEST_BODY": 400,
    "BAD_REQUEST_PARAMETERS": 400,
    "DEFAULT_5XX": 500,
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
_PLAIN_TEXT = '{"message":$context.error.messageString}'


class GatewayResponses:
    """The responses of one API."""

    def __init__(self, place: Place) -> None:
        """`place` is the extension x-amazon-apigateway-gateway-responses."""
        self._plain = _response(Place({}))
        self._responses = {name: _response(each) for name, each in place.members()}

    def to(self, call: Call, refused: GatewayError) -> HttpResponse:
        """The response to a request that the gateway refuses."""
        call.note_refusal(refused)
        status = refused.status or _STATUSES[refused.response_type]
        names = (refused.response_type, _FALLBACKS[status // 100])
        customised = next((self._responses[name] for name in names if name in self._responses), None)
        response = (customised or self._plain).render(call.header("accept"), Scope(call.variables), status)
        kind = None if customised else _ERROR_TYPES.get(refused.response_type)
        return replace(response, headers=(*response.headers, ("x-amzn-ErrorType", kind))) if kind else response


def _response(place: Place) -> MappedResponse:
    response = MappedResponse(place, _HEADER, IN_GATEWAY_RESPONSES, _template)
    response.templates = response.templates or {"application/json": _template(Place(_PLAIN_TEXT))}
    return response


def _template(place: Place) -> VelocityTemplate:
    template = Template(place, IN_GATEWAY_RESPONSES)
    return lambda scope: template.render(scope.variables)
