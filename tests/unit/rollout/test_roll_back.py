"""After a rollback the stack serves what it served before the deployment."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, WaiterError
from moto import mock_aws

from rollout.roll_back import Alias, Canary, Live, RollBack, live, main


def definition(path: str) -> str:
    """An API with one path, as Terraform imports it."""
    integration = {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/one/invocations",
    }
    method = {"responses": {"200": {"description": "fine"}}, "x-amazon-apigateway-integration": integration}
    info = {"title": "things", "version": "1", "description": "Things."}
    return json.dumps({"openapi": "3.0.1", "info": info, "paths": {path: {"get": method}}})


class Stack:
    """Two functions behind aliases and an API with a stage, on a mocked AWS, deployed as Terraform does it."""

    def __init__(self) -> None:
        self.functions = boto3.client("lambda")
        self.apis = boto3.client("apigateway")
        role = boto3.client("iam").create_role(RoleName="function", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        for name in ("one", "two"):
            code = {"ZipFile": zipped("1")}
            self.functions.create_function(
                FunctionName=name, Runtime="python3.13", Role=role, Handler="a.b", Code=code, Publish=True
            )
            self.functions.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
        self.api = self.apis.create_rest_api(name="things")["id"]
        self.body = definition("/first")
        deployment = self._deployment()
        self.apis.create_stage(restApiId=self.api, stageName="dev", deploymentId=deployment)

    def deploy(self, *, keep: bool = False) -> None:
        """Versions 2, a new definition; the former deployment goes unless it is kept."""
        former = self.deployment()
        for name in ("one", "two"):
            self.functions.update_function_code(FunctionName=name, ZipFile=zipped("2"), Publish=True)
            self.functions.update_alias(FunctionName=name, Name="live", FunctionVersion="2")
        self.body = definition("/second")
        operation = {"op": "replace", "path": "/deploymentId", "value": self._deployment()}
        self.apis.update_stage(restApiId=self.api, stageName="dev", patchOperations=[operation])
        if not keep:
            self.apis.delete_deployment(restApiId=self.api, deploymentId=former)

    def _deployment(self) -> str:
        self.apis.put_rest_api(restApiId=self.api, mode="overwrite", body=self.body)
        return str(self.apis.create_deployment(restApiId=self.api)["id"])

    def state(self) -> dict[str, Any]:
        """As `terraform show -json` prints it."""
        functions = {f"get{name}": {"name": name, "alias": "live"} for name in ("one", "two")}
        api = {"id": self.api, "body": self.body, "parameters": {"basepath": "ignore"}}
        outputs = {
            "functions": {"value": functions},
            "stage_name": {"value": "dev"},
            "canary_deployments": {"value": {}},
        }
        resources = [{"type": "other", "values": {}}, {"type": "aws_api_gateway_rest_api", "values": api}]
        return {"values": {"outputs": outputs, "root_module": {"resources": resources}}}

    def live(self) -> Live:
        return live(self.state(), self.functions, self.apis)

    def deployment(self) -> str:
        return str(self.apis.get_stage(restApiId=self.api, stageName="dev")["deploymentId"])

    def paths(self) -> set[str]:
        return {resource["path"] for resource in self.apis.get_resources(restApiId=self.api)["items"]}

    def versions(self) -> list[str]:
        return [alias.version for alias in self.live().aliases]


def zipped(content: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.py", content)
    return file.getvalue()


class NoCanaries:
    """CodeDeploy where nothing may be asked of it."""


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_aws():
        yield Stack()


def test_aliases_go_back_and_a_deleted_deployment_is_made_again(stack: Stack, tmp_path: Path) -> None:
    before = Live.from_json(stack.live().to_json())
    stack.deploy()
    said: list[str] = []
    assert RollBack(NoCanaries(), stack.functions, stack.apis, said.append).to(before) == []
    assert (stack.versions(), stack.paths()) == (["1", "1"], {"/", "/first"})
    assert said[-1] == "two: live is at version 1"
    assert stack.deployment() == stack.apis.get_deployments(restApiId=stack.api)["items"][-1]["id"]


def test_the_first_api_of_a_state_is_the_one_that_is_noted(stack: Stack) -> None:
    state = stack.state()
    another = stack.apis.create_rest_api(name="others")["id"]
    values = {"id": another, "body": "{}", "parameters": {}}
    state["values"]["root_module"]["resources"].append({"type": "aws_api_gateway_rest_api", "values": values})
    noted = live(state, stack.functions, stack.apis).api
    assert noted is not None
    assert (noted.id, noted.deployment) == (stack.api, stack.deployment())


def test_a_deployment_that_is_still_there_is_served_again(stack: Stack) -> None:
    before = stack.live()
    stack.deploy(keep=True)
    assert RollBack(NoCanaries(), stack.functions, stack.apis, lambda _: None).to(before) == []
    assert before.api is not None
    assert stack.deployment() == before.api.deployment
    assert stack.paths() == {"/", "/second"}, "the import is left alone: a stage serves its deployment's snapshot"


def test_where_nothing_has_changed_nothing_changes(stack: Stack) -> None:
    before, said = stack.live(), list[str]()
    assert RollBack(NoCanaries(), stack.functions, stack.apis, said.append).to(before) == []
    assert stack.live() == before
    assert "still at deployment" in said[0]


def test_weights_of_an_unfinished_shift_are_taken_off(stack: Stack) -> None:
    before = stack.live()
    stack.deploy()
    weights = {"AdditionalVersionWeights": {"2": 0.1}}
    stack.functions.update_alias(FunctionName="one", Name="live", FunctionVersion="1", RoutingConfig=weights)
    RollBack(NoCanaries(), stack.functions, stack.apis, lambda _: None).to(before)
    alias = stack.functions.get_alias(FunctionName="one", Name="live")
    assert not alias.get("RoutingConfig", {}).get("AdditionalVersionWeights")


def test_what_cannot_be_put_back_is_named_and_the_rest_is(stack: Stack) -> None:
    before, said = stack.live(), list[str]()
    stack.deploy()
    stack.functions.delete_alias(FunctionName="one", Name="live")
    assert RollBack(NoCanaries(), stack.functions, stack.apis, said.append).to(before) == ["one"]
    assert stack.functions.get_alias(FunctionName="two", Name="live")["FunctionVersion"] == "1"
    assert any(line.startswith("one: COULD NOT BE PUT BACK (") for line in said)


class CodeDeploy:
    """One group with a deployment that runs until it is stopped."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.stopped: list[str] = []
        self._refuses = refuses

    def list_deployments(self, **request: Any) -> dict[str, list[str]]:
        assert (request["applicationName"], request["deploymentGroupName"]) == ("api", "one-group")
        return {"deployments": ["d-1"]}

    def stop_deployment(self, deploymentId: str, autoRollbackEnabled: bool) -> None:
        if self._refuses:
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "StopDeployment")
        assert not autoRollbackEnabled
        self.stopped.append(deploymentId)

    def get_waiter(self, name: str) -> CodeDeploy:
        return self

    def wait(self, deploymentId: str) -> None:
        raise WaiterError(name="deployment_successful", reason="stopped", last_response={})


class Functions:
    """A fake of Lambda that records where an alias goes."""

    def __init__(self) -> None:
        self.moved: list[tuple[str, str]] = []

    def update_alias(self, **request: Any) -> None:
        self.moved.append((request["FunctionName"], request["FunctionVersion"]))


CANARY = Live(aliases=(Alias("one", "live", "3"),), canaries=(Canary("api", "one-group"),))


def test_a_shift_that_still_runs_is_stopped_first() -> None:
    codedeploy, functions, said = CodeDeploy(), Functions(), list[str]()
    assert RollBack(codedeploy, functions, None, said.append).to(CANARY) == []
    assert (codedeploy.stopped, functions.moved) == (["d-1"], [("one", "3")])
    assert said == ["one-group: deployment d-1 stopped", "one: live is at version 3"]


def test_a_shift_that_cannot_be_stopped_is_named() -> None:
    functions = Functions()
    assert RollBack(CodeDeploy(refuses=True), functions, None, lambda _: None).to(CANARY) == ["one-group"]
    assert functions.moved == [("one", "3")]


def test_the_command_records_and_goes_back(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    record = tmp_path / "before.json"
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(stack.state())))
    assert main(["record", str(record)]) == 0
    stack.deploy()
    assert main(["to", str(record)]) == 0
    assert "All is back" in capsys.readouterr().err
    assert stack.versions() == ["1", "1"]


@pytest.mark.usefixtures("stack")
def test_before_the_first_deployment_there_is_nothing_to_go_back_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO('{"format_version": "1.0"}'))
    assert main(["record", str(tmp_path / "before.json")]) == 0
    assert main(["to", str(tmp_path / "before.json")]) == 1
    assert "nothing to go back to" in capsys.readouterr().err


def test_what_is_no_record_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "record").write_text("[]")
    assert main(["to", str(tmp_path / "record")]) == 2
    assert main(["to", str(tmp_path / "missing")]) == 2
    monkeypatch.setattr("sys.stdin", io.StringIO("no JSON"))
    assert main(["record", str(tmp_path / "record")]) == 2
