"""moto is patched where it needs it and nowhere else: without a change each of these is wrong."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest

from rehearsal import moto_server
from rehearsal.moto_server import MockedAws

REGION = "eu-west-1"
LOGGING = {"LogFormat": "JSON", "ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO", "LogGroup": "/aws/lambda/f"}
GROUP = {"applicationName": "a", "deploymentGroupName": "g"}
ALARMS = {"enabled": True, "alarms": [{"name": "errors"}], "ignorePollAlarmFailure": False}
MOCK = {
    "openapi": "3.0.3",
    "info": {"title": "api", "version": "1", "description": "an API"},
    "paths": {
        "/things": {
            "options": {
                "responses": {"204": {"description": "none"}},
                "x-amazon-apigateway-integration": {
                    "type": "mock",
                    "requestTemplates": {"application/json": '{"statusCode": 204}'},
                    "responses": {"default": {"statusCode": "204"}},
                },
            }
        }
    },
}

Check = Callable[[MockedAws], bool]


def imports_a_mock_integration(aws: MockedAws) -> bool:
    client = aws.client("apigateway")
    api = client.create_rest_api(name="api")["id"]
    try:
        client.put_rest_api(restApiId=api, mode="overwrite", body=json.dumps(MOCK).encode())
    except client.exceptions.ClientError:
        return False
    return True


def keeps_a_logging_configuration(aws: MockedAws) -> bool:
    client = _function(aws, LoggingConfig=LOGGING)
    return bool(client.get_function_configuration(FunctionName="f").get("LoggingConfig") == LOGGING)


def changes_a_logging_configuration(aws: MockedAws) -> bool:
    client = _function(aws, LoggingConfig=LOGGING)
    changed = {**LOGGING, "ApplicationLogLevel": "ERROR"}
    client.update_function_configuration(FunctionName="f", LoggingConfig=changed)
    return bool(client.get_function_configuration(FunctionName="f").get("LoggingConfig") == changed)


def tells_the_alarms_of_a_deployment_group(aws: MockedAws) -> bool:
    told = _deployment_group(aws).get_deployment_group(**GROUP)["deploymentGroupInfo"]
    return bool(told.get("alarmConfiguration") == ALARMS) and "loadBalancerInfo" not in told


def deletes_a_deployment_group(aws: MockedAws) -> bool:
    client = _deployment_group(aws)
    try:
        client.delete_deployment_group(**GROUP)
    except client.exceptions.ClientError:
        return False
    return not client.list_deployment_groups(applicationName="a")["deploymentGroups"]


def deletes_an_application(aws: MockedAws) -> bool:
    client = _deployment_group(aws)
    try:
        client.delete_application(applicationName="a")
    except client.exceptions.ClientError:
        return False
    return not client.list_applications()["applications"]


NEEDED: dict[str, Check] = {
    "put_integration": imports_a_mock_integration,
    "get_configuration": keeps_a_logging_configuration,
    "update_configuration": changes_a_logging_configuration,
    "_deployment_group_info": tells_the_alarms_of_a_deployment_group,
    "delete_deployment_group": deletes_a_deployment_group,
    "delete_application": deletes_an_application,
}
# Works with one of the others, and is needed as long as that one is.
TOGETHER = {"__init__": "get_configuration"}


@pytest.mark.parametrize("check", NEEDED.values())
def test_a_patched_moto_does_as_aws_does(check: Check) -> None:
    with MockedAws(REGION) as aws:
        assert check(aws)


@pytest.mark.parametrize("check", NEEDED.values())
def test_without_its_patches_moto_still_does_not(check: Check) -> None:
    with _unpatched() as aws:
        assert not check(aws)


def test_every_patch_has_its_check() -> None:
    assert {name for _, name, _ in moto_server.PATCHES} == NEEDED.keys() | TOGETHER.keys()


@contextmanager
def _unpatched() -> Iterator[MockedAws]:
    with patch.object(moto_server, "PATCHES", ()), MockedAws(REGION) as aws:
        yield aws


def _function(aws: MockedAws, **settings: Any) -> Any:
    role = aws.client("iam").create_role(
        RoleName="r",
        AssumeRolePolicyDocument='{"Version": "2012-10-17", "Statement": []}',
    )["Role"]["Arn"]
    client = aws.client("lambda")
    created = {"FunctionName": "f", "Role": role, "Runtime": "python3.13", "Handler": "f.handler"}
    client.create_function(**created, Code={"ZipFile": _zip()}, **settings)
    return client


def _deployment_group(aws: MockedAws) -> Any:
    client = aws.client("codedeploy")
    client.create_application(applicationName="a", computePlatform="Lambda")
    client.create_deployment_group(
        **GROUP,
        deploymentConfigName="CodeDeployDefault.LambdaAllAtOnce",
        serviceRoleArn="arn:aws:iam::123456789012:role/r",
        alarmConfiguration=ALARMS,
    )
    return client


def _zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("f.py", "")
    return packed.getvalue()
