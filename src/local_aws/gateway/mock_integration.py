"""Mock integrations: methods that API Gateway answers by itself.

https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
"""

from __future__ import annotations

import json
import re

from local_aws.asgi import HttpResponse
from local_aws.gateway.call import Call, GatewayError
from local_aws.gateway.imported_body import Place
from local_aws.gateway.templates import IN_MAPPINGS, MappedResponse, Scope, velocity

_HEADER = "method.response.header."
# API Gateway takes it without quotes, as the CDK writes it.
_UNQUOTED = re.compile(r"(?<=\{)\s*statusCode\s*:")


class Mock:
    """One method's mock integration."""

    def __init__(self, integration: Place, method: Place) -> None:
        integration.only(("type", "passthroughBehavior", "requestTemplates", "responses", "timeoutInMillis"))
        passthrough = integration.get("passthroughBehavior", "when_no_match")
        self._passthrough = passthrough.text().lower()
        if self._passthrough not in ("never", "when_no_match", "when_no_templates"):
            raise passthrough.not_emulated("only never, when_no_match, when_no_templates are emulated")
        requests = integration.get("requestTemplates", {}).members()
        self._requests = {media.lower(): velocity(each) for media, each in requests}
        self._answers: dict[str, MappedResponse] = {}
        for key, place in integration.get("responses", {}).members():
            self._answers[key] = answer = MappedResponse(place, _HEADER, IN_MAPPINGS, velocity)
            declared = method.get("responses", {})[place["statusCode"].text()].get("headers", {})
            for header in answer.headers:
                if header not in declared:
                    mapping = place["responseParameters"][_HEADER + header]
                    raise mapping.not_emulated("it is no header that the method's response declares")

    async def respond(self, call: Call) -> HttpResponse:
        """The answer whose pattern matches the status that the request's template makes, or the default one."""
        # Header names with their case, as API Gateway has them there.
        headers = dict(call.request.headers)
        parameters = {"path": dict(call.path_parameters), "querystring": call.query(), "header": headers}
        scope = Scope(call.variables, parameters)
        status = str(_status(self._request(call, scope)))
        matching = (each for each in self._answers if each != "default" and re.fullmatch(each, status))
        answer = self._answers.get(next(matching, "default"))
        if answer is None:
            raise GatewayError("API_CONFIGURATION_ERROR")
        return answer.render(call.header("accept"), scope, status=200)

    def _request(self, call: Call, scope: Scope) -> str:
        """The text that the request's template makes of the request, or its body as it is.

        https://docs.aws.amazon.com/apigateway/latest/developerguide/integration-passthrough-behaviors.html
        """
        template = self._requests.get(call.media_type())
        if template is not None:
            return template(scope)
        if self._passthrough == "never" or (self._passthrough == "when_no_templates" and self._requests):
            raise GatewayError("UNSUPPORTED_MEDIA_TYPE", "Unsupported Media Type")
        return call.request.body.decode("utf-8", errors="replace")


def _status(text: str) -> int:
    """The number that the request's template, or the body itself, has for a status."""
    try:
        value = json.loads(_UNQUOTED.sub('"statusCode":', text))
    except ValueError:
        value = None
    status = value.get("statusCode") if isinstance(value, dict) else None
    if not isinstance(status, int) or isinstance(status, bool):
        raise GatewayError("DEFAULT_5XX")
    return status
