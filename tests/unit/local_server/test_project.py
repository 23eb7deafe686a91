"""What stands elsewhere in the project is read there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cross_check.contract_document import ContractDocument, version_headers
from local_server import project


def test_the_version_is_told_in_a_header_that_the_contract_declares_for_a_405() -> None:
    content = ContractDocument.load(project.DOCUMENT).content
    [name] = version_headers(project.ROOT / "openapi" / "apigateway.yaml")
    assert name in content["components"]["responses"]["MethodNotAllowed"]["headers"]


def test_what_is_generated_later_changes_no_body(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    generated = tmp_path / "apigateway.json"
    generated.write_bytes(project.GATEWAY_BODY.read_bytes())
    monkeypatch.setattr(project, "GATEWAY_BODY", generated)
    render = project.gateway_body("arn:aws:cognito-idp:eu-west-1:1:userpool/a")
    first = render(["http://app.example"])
    generated.write_text('{"paths": {')
    another = render(["http://other.example"])
    assert another["paths"].keys() == first["paths"].keys()
    assert json.dumps(another).replace("//other.", "//app.") == json.dumps(first)


def test_the_development_servers_that_dev_lets_in_are_let_in_by_either_name() -> None:
    origins = project.origins("http://127.0.0.1:8080", ["http://app.example"])
    dev = json.loads((project.ROOT / "terraform/environments/dev.tfvars.json").read_text())["allowed_origins"]
    local = [each for each in dev if "//localhost:" in each]
    assert local
    assert {*local, *(each.replace("localhost", "127.0.0.1") for each in local)} <= set(origins)
    assert (origins[0], len(origins)) == ("http://app.example", len(set(origins)))
    assert not any(each.startswith("https") for each in origins)
