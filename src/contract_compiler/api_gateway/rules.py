"""What API Gateway's import of an OpenAPI document for a REST API refuses, ignores or takes otherwise than it is meant.

`CONTRACT_RULES` hold for a contract, whatever is rendered from it; `BODY_RULES` for the body that is imported. The ids
are stable. Numbers that are missing are facts that no document can break: API Gateway ignores the limits of parameters
(04), import warnings fail nothing unless asked to (14), and responses of proxy integrations are never validated (25).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from contract_compiler.api_gateway import breaches
from contract_compiler.api_gateway.breaches import Breach
from contract_compiler.diagnostics import Diagnostic
from contract_compiler.document import Node

_GUIDE = "https://docs.aws.amazon.com/apigateway/latest/developerguide/"
_NOTES = "api-gateway-known-issues.html"
_QUOTAS = "api-gateway-execution-service-limits-table.html"
_TIMES = f"{breaches.TIMEOUT[0]} to {breaches.TIMEOUT[-1]} ms"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its stable id, why it is one, the page of the developer guide that says so, and what breaks it."""

    id: str
    reason: str
    page: str
    breaches: Callable[[Node], Iterable[Breach]]

    @property
    def link(self) -> str:
        """The page's address."""
        return _GUIDE + self.page


def check(document: Node, rules: Iterable[Rule]) -> Iterator[Diagnostic]:
    """Every place of the document that breaks one of the rules."""
    for rule in rules:
        for node, keyword in rule.breaches(document):
            yield node.diagnostic(rule.id, f"{rule.reason} ({rule.link})", keyword)


_BOTH = (
    Rule("AGW-01", "REST APIs import OpenAPI 3.0, not 3.1", _NOTES, breaches.version),
    Rule("AGW-02", "a segment is letters, digits and _.,:- or one parameter in braces", _NOTES, breaches.segments),
    Rule("AGW-03", "a model's name is letters and digits", "models-mappings-models.html", breaches.model_names),
    Rule(
        "AGW-10",
        f"a REST API has at most {breaches.MAX_RESOURCES} resources, each step of a path being one",
        _QUOTAS,
        breaches.resources,
    ),
    Rule("AGW-11", "/ping and /sping are API Gateway's own", _NOTES, breaches.reserved),
    Rule(
        "AGW-18",
        "it is for HTTP APIs and does nothing here: a REST API needs OPTIONS methods",
        "api-gateway-swagger-extensions-cors-configuration.html",
        breaches.extension("x-amazon-apigateway-cors"),
    ),
    Rule("AGW-19", "it is for HTTP APIs only", "api-gateway-swagger-extensions.html", breaches.http_api_only),
    Rule(
        "AGW-20",
        "the policy is set where the API is created: two places would undo each other",
        "openapi-extensions-policy.html",
        breaches.extension("x-amazon-apigateway-policy"),
    ),
    Rule(
        "AGW-21",
        "the value is not allowed, or would make every body binary",
        "api-gateway-swagger-extensions.html",
        breaches.settings,
    ),
    Rule(
        "AGW-22",
        "it belongs to a server",
        "api-gateway-swagger-extensions-endpoint-configuration.html",
        breaches.extension("x-amazon-apigateway-endpoint-configuration"),
    ),
    Rule("AGW-26", "there are no TRACE methods", "api-gateway-method-settings-method-request.html", breaches.methods),
)
CONTRACT_RULES = (
    *_BOTH,
    Rule(
        "AGW-12",
        "the import ignores a server's path: write it into the paths",
        "api-gateway-import-api-basePath.html",
        breaches.base_path,
    ),
    Rule("AGW-13", "the import replaces ${AWS::...}", "import-api-aws-variables.html", breaches.aws_variables),
)
BODY_RULES = (
    *_BOTH,
    Rule("AGW-05", "security schemes are imported as apiKey only", _NOTES, breaches.scheme_types),
    Rule("AGW-06", "the document's own security is ignored: each method needs its own", _NOTES, breaches.own_security),
    Rule("AGW-07", "models do not support it (JSON Schema draft 4, and less)", _NOTES, breaches.model_keywords),
    Rule(
        "AGW-08", "a method's response refers to a model, it does not spell one out", _NOTES, breaches.response_models
    ),
    Rule("AGW-09", "references to whole responses are not followed", _NOTES, breaches.response_references),
    Rule(
        "AGW-15",
        f"a method needs an integration: aws_proxy by POST with {_TIMES}, or a mock",
        "api-gateway-swagger-extensions-integration.html",
        breaches.integrations,
    ),
    Rule(
        "AGW-16",
        "the function is called by an alias, never unqualified",
        "set-up-lambda-proxy-integrations.html",
        breaches.unqualified,
    ),
    Rule(
        "AGW-17",
        "the chosen request validator is not declared",
        "api-gateway-swagger-extensions-request-validators.html",
        breaches.validators,
    ),
    Rule(
        "AGW-23",
        "a Cognito authorizer reads the header Authorization, is declared as such twice, and names its pools",
        "apigateway-enable-cognito-user-pool.html",
        breaches.cognito,
    ),
    Rule(
        "AGW-24",
        "without it an undeclared method is answered 403, Missing Authentication Token",
        "api-gateway-swagger-extensions-any-method.html",
        breaches.undeclared_methods,
    ),
    Rule(
        "AGW-27",
        "a status here becomes that of every refusal without a type of its own",
        "supported-gateway-response-types.html",
        breaches.default_statuses,
    ),
)
