"""Resources and methods of an API: which of them a request is for, and the steps that a method takes it through.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from local_aws.asgi import HttpResponse
from local_aws.functions import Functions
from local_aws.gateway.authorization import CognitoAuthorizer, authorizer_of
from local_aws.gateway.call import Call, GatewayError
from local_aws.gateway.imported_body import Place
from local_aws.gateway.lambda_proxy import LambdaProxy
from local_aws.gateway.mock_integration import Mock
from local_aws.gateway.request_validator import VALIDATOR, RequestValidator, check_models
from local_aws.gateway.stage import Authorizers, Stage, TokenBucket

ANY = "ANY"
METHODS = {
    **{method: method.upper() for method in ("get", "put", "post", "delete", "options", "head", "patch")},
    "x-amazon-apigateway-any-method": ANY,
}
_INTEGRATION = "x-amazon-apigateway-integration"
_ABOUT = ("operationId", "summary", "description", "tags", "deprecated", "externalDocs")
_LITERAL = re.compile(r"[A-Za-z0-9_.,:-]+")
_PARAMETER = re.compile(r"\{([^{}+]+)(\+?)\}")


@dataclass(frozen=True, slots=True)
class Method:
    """One method of one resource."""

    authorizer: CognitoAuthorizer | None
    bucket: TokenBucket | None
    validator: RequestValidator
    integration: LambdaProxy | Mock

    async def respond(self, call: Call) -> HttpResponse:
        """The answer of the integration, or GatewayError by one of the steps before it.

        The order of the first two is not documented: a usage plan's limits need to know who calls, and so come second.
        """
        if self.authorizer is not None:
            call.claims = await self.authorizer.claims(call)
        if self.bucket is not None and not self.bucket.take():
            raise GatewayError("THROTTLED", "Too Many Requests")
        self.validator.check(call)
        return await self.integration.respond(call)


class Resource:
    """One path of the API, such as `/things/{id}`, and its `methods` by name.

    `rank` orders those that match a path: a literal segment comes before a parameter before a greedy parameter.
    """

    def __init__(self, path: str, place: Place) -> None:
        """Raises NotEmulated."""
        self.path, self.methods = path, dict[str, Method]()
        self.rank: list[int] = []
        self._names: list[str] = []
        pattern = ""
        segments = path.removeprefix("/").removesuffix("/").split("/") if path != "/" else []
        for segment in segments:
            if parameter := _PARAMETER.fullmatch(segment):
                is_greedy = bool(parameter[2])
                self.rank.append(2 if is_greedy else 1)
                self._names.append(parameter[1])
                pattern += "/(.+)" if is_greedy else "/([^/]+)"
            elif _LITERAL.fullmatch(segment):
                self.rank.append(0)
                pattern += f"/{re.escape(segment)}"
            else:
                raise place.not_emulated("a segment is a literal or one parameter")
        if not path.startswith("/") or 2 in self.rank[:-1]:
            raise place.not_emulated("a path begins with a slash, and only its last segment is greedy")
        self._pattern = re.compile(pattern)
        self.in_arn = "/" + "/".join(_PARAMETER.sub("*", segment) for segment in segments)

    def match(self, path: str) -> dict[str, str] | None:
        """The path's parameters as they were sent, still percent-encoded; None when it is another path.

        A slash at the end belongs to none of them, to a greedy one neither.
        """
        found = self._pattern.fullmatch(path.removesuffix("/"))
        return None if found is None else dict(zip(self._names, found.groups(), strict=True))


def read_resources(body: Place, stage: Stage, functions: Functions, authorizers: Authorizers) -> list[Resource]:
    """The resources of the imported body, those first that a path is tried against first. Raises NotEmulated."""
    components = body.get("components", {}).only(("schemas", "securitySchemes"))
    check_models(components.get("schemas", {}))
    schemes = {
        name: CognitoAuthorizer(each, authorizers) for name, each in components.get("securitySchemes", {}).members()
    }
    api = stage.api
    arn = f"arn:{api.partition}:execute-api:{api.region}:{api.account}:{api.api_id}/{stage.name}"
    resources = []
    for path, item in body["paths"].members():
        item.only((*METHODS, "parameters"))
        resource = Resource(path, item)
        resources.append(resource)
        for key, name in METHODS.items():
            if key not in item:
                continue
            method = item[key].only(
                (*_ABOUT, "parameters", "requestBody", "responses", "security", VALIDATOR, _INTEGRATION)
            )
            integration = method[_INTEGRATION]
            # Who calls the function, as its resource policy sees it.
            source_arn = f"{arn}/{'*' if name == ANY else name}{resource.in_arn}"
            resource.methods[name] = Method(
                authorizer_of(method, schemes),
                stage.token_bucket(path, name),
                RequestValidator(body, item, method),
                Mock(integration, method)
                if integration["type"].one_of("aws_proxy", "mock") == "mock"
                else LambdaProxy(integration, path, source_arn, functions),
            )
    return sorted(resources, key=lambda each: each.rank)
