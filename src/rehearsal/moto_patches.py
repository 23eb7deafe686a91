"""Where moto answers otherwise than AWS does, and the stack would not come up or not settle for it.

Each patch says what is wrong. tests/deployment/rehearsal/test_moto_patches.py fails when moto no longer needs one.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from moto.apigateway.models import APIGatewayBackend
from moto.awslambda.models import LambdaFunction
from moto.codedeploy import responses as codedeploy
from moto.core.responses import ActionResult

Method = Callable[..., Any]


@contextmanager
def patched() -> Iterator[None]:
    """moto as it should be, inside the `with` block."""
    with ExitStack() as patches:
        for owner, name, change in PATCHES:
            changed = change(getattr(owner, name, None))
            patches.enter_context(patch.object(owner, name, changed, create=True))
        yield


def _mock_integrations(put_integration: Method) -> Method:
    """An import with a mock integration, which has no URI and no method of its own, raises TypeError."""

    @functools.wraps(put_integration)
    def put(self: object, *arguments: Any, **named: Any) -> Any:
        if len(arguments) < 6:
            named = {"uri": "", "integration_method": "", **named}
        return put_integration(self, *arguments, **named)

    return put


def _logging_configuration(init: Method) -> Method:
    """LoggingConfig is dropped, so that every plan wants to set it again."""

    @functools.wraps(init)
    def created(self: Any, account_id: str, spec: dict[str, Any], *arguments: Any, **named: Any) -> None:
        init(self, account_id, spec, *arguments, **named)
        self.logging_config = {"LogFormat": "Text", "LogGroup": self.logs_group_name, **spec.get("LoggingConfig", {})}

    return created


def _described_logging_configuration(get_configuration: Method) -> Method:
    @functools.wraps(get_configuration)
    def described(self: Any, *arguments: Any, **named: Any) -> dict[str, Any]:
        configuration: dict[str, Any] = get_configuration(self, *arguments, **named)
        return {**configuration, "LoggingConfig": self.logging_config}

    return described


def _updated_logging_configuration(update_configuration: Method) -> Method:
    @functools.wraps(update_configuration)
    def updated(self: Any, changes: dict[str, Any]) -> dict[str, Any]:
        self.logging_config = changes.get("LoggingConfig", self.logging_config)
        return dict(update_configuration(self, changes)) | {"LoggingConfig": self.logging_config}

    return updated


def _described_alarms(deployment_group_info: Method) -> Method:
    """A deployment group's alarms are not described, and an empty load balancer is: every plan wants to mend both."""

    @functools.wraps(deployment_group_info)
    def described(deployment_group: Any) -> dict[str, Any]:
        information: dict[str, Any] = deployment_group_info(deployment_group)
        if not information["loadBalancerInfo"]:
            del information["loadBalancerInfo"]
        return {**information, "alarmConfiguration": deployment_group.alarm_configuration or {}}

    return described


def _delete_deployment_group(_: Method | None) -> Method:
    """There is no DeleteDeploymentGroup."""

    def delete(self: Any) -> ActionResult:
        groups = self.codedeploy_backend.deployment_groups[self._get_param("applicationName")]
        groups.pop(self._get_param("deploymentGroupName"), None)
        return ActionResult({})

    return delete


def _delete_application(_: Method | None) -> Method:
    """There is no DeleteApplication."""

    def delete(self: Any) -> ActionResult:
        self.codedeploy_backend.applications.pop(self._get_param("applicationName"), None)
        return ActionResult({})

    return delete


PATCHES: tuple[tuple[object, str, Callable[[Any], Method]], ...] = (
    (APIGatewayBackend, "put_integration", _mock_integrations),
    (LambdaFunction, "__init__", _logging_configuration),
    (LambdaFunction, "get_configuration", _described_logging_configuration),
    (LambdaFunction, "update_configuration", _updated_logging_configuration),
    (codedeploy, "_deployment_group_info", _described_alarms),
    (codedeploy.CodeDeployResponse, "delete_deployment_group", _delete_deployment_group),
    (codedeploy.CodeDeployResponse, "delete_application", _delete_application),
)
