"""Methods of the API: authorizer, throttling, validator and integration of each, in the order of a request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from local_aws.gateway.authorization import CognitoAuthorizer, authorizer_of
from local_aws.gateway.call import Call
from local_aws.gateway.imported_body import Place
from local_aws.gateway.lambda_proxy import LambdaProxy
from local_aws.gateway.mock import Mock
from local_aws.gateway.request_validator import VALIDATOR, Models, RequestValidator
from local_aws.gateway.resources import Resource
from local_aws.gateway.stage import ApiIdentity, InvokedFunctions, Stage
from local_aws.gateway.throttling import TokenBucket, throttle_of
from local_aws.proxy_response import HttpResponse

ANY = "ANY"
METHODS = {
    **{method: method.upper() for method in ("get", "put", "post", "delete", "options", "head", "patch")},
    "x-amazon-apigateway-any-method": ANY,
}
_INTEGRATION = "x-amazon-apigateway-integration"
_ABOUT = ("operationId", "summary", "description", "tags", "deprecated", "externalDocs")


class Integration(Protocol):
    """Where a method's answer comes from."""

    async def respond(self, call: Call) -> HttpResponse:
        """The answer. Raises GatewayError when there is none."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything of an API that its methods refer to."""

    body: Place
    models: Models
    schemes: Mapping[str, CognitoAuthorizer]
    stage: Stage
    functions: InvokedFunctions
    api: ApiIdentity


@dataclass(frozen=True, slots=True)
class Method:
    """One method of one resource."""

    authorizer: CognitoAuthorizer | None
    bucket: TokenBucket | None
    validator: RequestValidator
    integration: Integration

    @classmethod
    def parse(cls, parts: Parts, resource: Resource, key: str) -> Method:
        """The method that stands under this key of the resource's path item. Raises NotEmulated."""
        item = parts.body["paths"][resource.path]
        place = item[key].only((*_ABOUT, "parameters", "requestBody", "responses", "security", VALIDATOR, _INTEGRATION))
        throttle = throttle_of(parts.stage.throttling, resource.path, METHODS[key])
        return cls(
            authorizer_of(place, parts.schemes),
            TokenBucket(throttle, parts.stage.clock) if throttle else None,
            RequestValidator.parse(parts.body, item, place, parts.models),
            _integration(parts, resource, key, place),
        )

    async def respond(self, call: Call) -> HttpResponse:
        """The answer of the integration, or GatewayError by one of those before it.

        The order of the first two is not documented: a usage plan's limits need to know who calls, and so come second.
        """
        if self.authorizer is not None:
            call.claims = await self.authorizer.claims(call)
        if self.bucket is not None:
            self.bucket.take()
        self.validator.check(call)
        return await self.integration.respond(call)


def _integration(parts: Parts, resource: Resource, key: str, method: Place) -> Integration:
    integration = method[_INTEGRATION]
    if integration["type"].one_of("aws_proxy", "mock") == "mock":
        return Mock(integration, method)
    source = parts.api.execution_arn(parts.stage.name, _in_arn(METHODS[key]), resource.in_arn)
    return LambdaProxy(integration, resource.path, source, parts.functions, parts.stage.longest_seconds)


def _in_arn(method: str) -> str:
    return "*" if method == ANY else method
