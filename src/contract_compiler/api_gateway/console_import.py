"""The import body of one environment, complete in itself, for a person to import in the API Gateway console.

Terraform fills the same template when it deploys. Account, region and partition are left to API Gateway, which puts in
those that it imports into: https://docs.aws.amazon.com/apigateway/latest/developerguide/import-api-aws-variables.html

`python -m contract_compiler.api_gateway.console_import DOCUMENT ENVIRONMENT` writes it to a file.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contract_compiler.api_gateway.body import import_body, with_texts
from contract_compiler.diagnostics import Diagnostic, InvalidDocument
from contract_compiler.document import Node, load
from contract_compiler.lint import lint
from contract_compiler.operation_tables import module_name
from contract_compiler.output import json_text
from contract_compiler.traversal import operations

# API Gateway calls a function by its alias `live`.
_INVOKE_ARN = (
    "arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/"
    "arn:${{AWS::Partition}}:lambda:${{AWS::Region}}:${{AWS::AccountId}}:function:{}:live/invocations"
)
_REFERENCE = re.compile(r"\$(\$\{)|%(%\{)|\$\{([A-Za-z0-9_.-]+)\}")
_POOL = "TF_VAR_cognito_user_pool_arn"


@dataclass(frozen=True, slots=True)
class ApiEnvironment:
    """Settings that distinguish one environment's API from another's; the fields are Terraform's variables."""

    environment: str
    name_prefix: str
    api_name: str
    allowed_origins: list[str]
    request_validation: str
    cognito_user_pool_arn: str


def read_environment(tfvars: Path, cognito_user_pool_arn: str) -> ApiEnvironment:
    """An environment's settings, from the file that Terraform reads.

    Raises:
        InvalidDocument: a setting is not there, or the file is no JSON.
        OSError: there is no such file.
    """
    names = ("environment", "name_prefix", "api_name", "allowed_origins", "request_validation")
    try:
        written = json.loads(tfvars.read_bytes())
        return ApiEnvironment(**{name: written[name] for name in names}, cognito_user_pool_arn=cognito_user_pool_arn)
    except (KeyError, TypeError, ValueError) as error:
        message = f"{tfvars.name}: a setting is missing, or the file is no JSON object: {error}"
        raise InvalidDocument([Diagnostic("", "environment", "console", message)]) from error


def console_body(body: Any, document: Node, environment: ApiEnvironment) -> Any:
    """The rendered body with every placeholder filled in."""
    values = {
        "allowed_origins": ", ".join(f"'{origin}'" for origin in environment.allowed_origins),
        "api_name": environment.api_name,
        "cognito_user_pool_arn": environment.cognito_user_pool_arn,
        "error_origin": environment.allowed_origins[0],
        "request_validator": environment.request_validation,
    }
    for operation_id, name in function_names(document, environment).items():
        values[f"invoke_arns.{operation_id}"] = _INVOKE_ARN.format(name)
    return with_texts(body, lambda text: _REFERENCE.sub(lambda found: found[1] or found[2] or values[found[3]], text))


def function_names(document: Node, environment: ApiEnvironment) -> dict[str, str]:
    """The name of each operation's function in an environment, by operationId."""
    prefix, suffix = environment.name_prefix, environment.environment
    return {
        each.operation_id: f"{prefix}-{module_name(each.operation_id).replace('_', '-')}-{suffix}"
        for each in operations(document)
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Write one environment's body, say where, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m contract_compiler.api_gateway.console_import", description=__doc__)
    parser.add_argument("document", type=Path, metavar="DOCUMENT", help="the OpenAPI 3.0 document, YAML or JSON")
    parser.add_argument("environment", metavar="ENVIRONMENT", help="the name of its .tfvars.json file")
    parser.add_argument(
        "folder", type=Path, metavar="DIR", nargs="?", default=Path("dist"), help="default: %(default)s"
    )
    parser.add_argument("--settings", type=Path, metavar="FILE", default=Path("openapi/apigateway.yaml"))
    parser.add_argument("--environments", type=Path, metavar="DIR", default=Path("terraform/environments"))
    parser.add_argument("--user-pool", metavar="ARN", default=os.environ.get(_POOL), help=f"default: {_POOL}")
    options = parser.parse_args(arguments)
    name, folder = options.environment, options.folder
    try:
        if not options.user_pool:
            message = f"whose tokens are good? Set {_POOL} to the ARN of the environment's user pool"
            raise InvalidDocument([Diagnostic("", "cognito_user_pool_arn", "console", message)])
        document = load(options.document)
        lint(document, strict=True)
        environment = read_environment(options.environments / f"{name}.tfvars.json", options.user_pool)
        body = console_body(import_body(document, load(options.settings)), document, environment)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"apigateway-{name}.json"
        path.write_text(json_text(body), encoding="utf-8")
    except InvalidDocument as refused:
        print(refused, file=sys.stderr)
        return 1
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{path}: import it in the API Gateway console (Create API, REST API, Import)", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
