"""One file for each environment that a person can import in the console as it is."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from contract_compiler.api_gateway.console_import import ApiEnvironment, console_body, main, read_environment
from contract_compiler.api_gateway.rules import BODY_RULES, check
from contract_compiler.diagnostics import InvalidDocument
from contract_compiler.document import Node, load

PROJECT = Path(__file__).parents[3]
POOL = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_Example01"
ENVIRONMENTS = PROJECT / "terraform/environments"


def arguments(environment: str, folder: Path, *more: str) -> list[str]:
    sources = [str(PROJECT / "openapi/products.yaml"), environment, str(folder)]
    settings = ["--settings", str(PROJECT / "openapi/apigateway.yaml"), "--environments", str(ENVIRONMENTS)]
    return [*sources, *settings, *more]


@pytest.mark.parametrize("environment", ["dev", "sit", "prod"])
def test_the_file_is_versioned_and_keeps_every_rule(environment: str, tmp_path: Path) -> None:
    assert main(arguments(environment, tmp_path / "new", "--user-pool", POOL)) == 0
    path = tmp_path / "new" / f"apigateway-{environment}.json"
    body = json.loads(path.read_text())
    assert body["info"]["title"] == f"bbws-product-api-{environment}"
    assert set(re.findall(r"\$\{([^}]*)\}", path.read_text())) == {"AWS::Partition", "AWS::Region", "AWS::AccountId"}
    assert [str(finding) for finding in check(Node(body, (), body), BODY_RULES)] == []


def test_what_the_contract_wrote_comes_back_as_it_was() -> None:
    environment = ApiEnvironment("dev", "a", "a-dev", ["https://a.example"], "all", POOL)
    document = load(PROJECT / "openapi/products.yaml")
    template = {"description": "Costs $${5} or %%{6}, for ${api_name}."}
    assert console_body(template, document, environment) == {"description": "Costs ${5} or %{6}, for a-dev."}


def test_without_a_user_pool_there_is_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments("dev", tmp_path, "--user-pool", "")) == 1
    assert "TF_VAR_cognito_user_pool_arn" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_an_environment_without_a_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments("moon", tmp_path, "--user-pool", POOL)) == 2
    assert "moon.tfvars.json" in capsys.readouterr().err


def test_a_setting_that_is_no_json_value_is_refused(tmp_path: Path) -> None:
    tfvars = tmp_path / "dev.tfvars.json"
    tfvars.write_text((ENVIRONMENTS / "dev.tfvars.json").read_text().replace("https:", '"https:'))
    with pytest.raises(InvalidDocument, match=r"dev\.tfvars\.json"):
        read_environment(tfvars, POOL)
