"""Paths and names of the project that is served: the only module here that knows them."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from contract_compiler.api_gateway.console_import import ApiEnvironment, console_body, function_names, read_environment
from contract_compiler.document import Node, load
from contract_compiler.operation_tables import module_name
from cross_check.contract_document import ContractDocument

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "generated" / "products.json"
GATEWAY_BODY = ROOT / "generated" / "apigateway.json"
HANDLER = "products.handlers.{}.handler"
CATALOGUE = Path(__file__).with_name("catalogue.json")
SITE = ROOT / "dist" / "site"
NODE_MODULES = ROOT / "scripts" / "toolchain" / "node_modules"
DATA = ROOT / ".local"

REQUEST_LOG = "local_server.requests"
TABLE = "products-local"
REGION = "eu-west-1"
ALLOWED_GROUPS = "x-allowed-groups"
BEYOND_SCHEMA = frozenset({("query", "nextToken")})


@cache
def collection() -> str:
    """The path of all products, where they are listed and created."""
    operations = ContractDocument.load(DOCUMENT).operations()
    return next(each.path for each in operations if each.operation_id == "createProduct")


def gateway_body(user_pool_arn: str) -> Callable[[Sequence[str]], dict[str, Any]]:
    """Returns what renders the body that API Gateway would import for dev: with other names, for given origins.

    The files are read now: what is generated while something is served must not change a part of it.
    """
    template, contract = json.loads(GATEWAY_BODY.read_text("utf-8")), _contract()
    dev = _environment(user_pool_arn)

    def render(allowed_origins: Sequence[str]) -> dict[str, Any]:
        environment = replace(dev, allowed_origins=list(allowed_origins))
        body: dict[str, Any] = console_body(template, contract, environment)
        return body

    return render


def modules_by_function() -> dict[str, str]:
    """The module of each function's handler, which is also its package's name, by the function's name."""
    names = function_names(_contract(), _environment(""))
    return {name: module_name(operation_id) for operation_id, name in names.items()}


def _environment(user_pool_arn: str) -> ApiEnvironment:
    dev = read_environment(ROOT / "terraform" / "environments" / "dev.tfvars.json", user_pool_arn)
    return replace(dev, environment="local", api_name="product-api-local")


@cache
def _contract() -> Node:
    return load(DOCUMENT)


def development_origins() -> list[str]:
    """The pages on a developer's machine that dev lets in: those of Vite, Next, Angular, Vue and Astro."""
    return [each for each in _environment("").allowed_origins if each.startswith("http://localhost:")]


def origins(url: str, others: Iterable[str] = ()) -> list[str]:
    """Origins that may call from a browser: `others`, development servers, and Swagger UI at `url`, by either name."""
    known = [*others, *development_origins(), url]
    return list(dict.fromkeys(each.replace("localhost", name) for name in ("localhost", "127.0.0.1") for each in known))


def variables(endpoint: str, allowed_origins: Iterable[str]) -> dict[str, str]:
    """The environment variables that Lambda would set for the functions."""
    return {
        "PRODUCTS_TABLE": TABLE,
        "ALLOWED_ORIGINS": ",".join(allowed_origins),
        "CURSOR_SIGNING_KEYS": secrets.token_hex(32),
        "ENVIRONMENT": "local",
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_ENDPOINT_URL_DYNAMODB": endpoint,
    }


def set_environment(variables: Mapping[str, str]) -> None:
    """Sets them for functions of this process, before they are imported, without the developer's own AWS."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"):
        os.environ.pop(name, None)
    os.environ.update(
        variables,
        AWS_DEFAULT_REGION=REGION,
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        NO_PROXY="127.0.0.1,localhost",
        no_proxy="127.0.0.1,localhost",
    )
