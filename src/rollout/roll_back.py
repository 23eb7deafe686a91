"""Has a stack serve again what it served before."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from rollout.live import Alias, Api, Canary, Live

_RUNNING = ["Created", "Queued", "InProgress", "Baking", "Ready"]


class RollBack:
    """`codedeploy`, `functions` and `apis` are boto3 clients (CodeDeploy, Lambda, API Gateway)."""

    def __init__(self, codedeploy: Any, functions: Any, apis: Any, progress: Callable[[str], None]) -> None:
        self._codedeploy = codedeploy
        self._functions = functions
        self._apis = apis
        self._progress = progress

    def to(self, before: Live) -> list[str]:
        """Put everything back; what cannot be put back holds up nothing else. Returns the names of what could not be.

        The API goes first: its new paths may need the new versions, its old ones are served by both.
        """
        steps: list[tuple[str, Callable[[], None]]] = []
        steps += [(canary.group, partial(self._stop, canary)) for canary in before.canaries]
        if before.api is not None:
            steps.append((f"stage {before.api.stage}", partial(self._put_api_back, before.api)))
        steps += [(alias.function, partial(self._put_alias_back, alias)) for alias in before.aliases]
        return [name for name, step in steps if not self._done(name, step)]

    def _done(self, name: str, step: Callable[[], None]) -> bool:
        try:
            step()
        except (BotoCoreError, ClientError) as error:
            self._progress(f"{name}: COULD NOT BE PUT BACK ({_reason(error)})")
            return False
        return True

    def _stop(self, canary: Canary) -> None:
        """A shift that still runs would move the alias again."""
        running = self._codedeploy.list_deployments(
            applicationName=canary.application, deploymentGroupName=canary.group, includeOnlyStatuses=_RUNNING
        )
        for deployment in running["deployments"]:
            self._codedeploy.stop_deployment(deploymentId=deployment, autoRollbackEnabled=False)
            try:
                self._codedeploy.get_waiter("deployment_successful").wait(deploymentId=deployment)
            except WaiterError:
                self._progress(f"{canary.group}: deployment {deployment} stopped")

    def _put_api_back(self, api: Api) -> None:
        current = self._apis.get_stage(restApiId=api.id, stageName=api.stage)["deploymentId"]
        if current == api.deployment:
            self._progress(f"stage {api.stage}: still at deployment {current}")
            return
        target = api.deployment if self._exists(api) else self._deployed_again(api)
        operation = {"op": "replace", "path": "/deploymentId", "value": target}
        self._apis.update_stage(restApiId=api.id, stageName=api.stage, patchOperations=[operation])
        self._progress(f"stage {api.stage}: from deployment {current} back to {target}")

    def _exists(self, api: Api) -> bool:
        pages = self._apis.get_paginator("get_deployments").paginate(restApiId=api.id)
        return any(deployment["id"] == api.deployment for page in pages for deployment in page["items"])

    def _deployed_again(self, api: Api) -> str:
        """Terraform deletes a deployment that it has replaced, so what it was made of is imported once more."""
        self._apis.put_rest_api(
            restApiId=api.id, mode="overwrite", failOnWarnings=True, parameters=dict(api.parameters), body=api.body
        )
        made = self._apis.create_deployment(restApiId=api.id, description=f"As {api.deployment}, rolled back")
        self._progress(
            f"stage {api.stage}: deployment {api.deployment} is gone, {made['id']} is made of its definition"
        )
        return str(made["id"])

    def _put_alias_back(self, alias: Alias) -> None:
        self._functions.update_alias(
            FunctionName=alias.function,
            Name=alias.name,
            FunctionVersion=alias.version,
            RoutingConfig={"AdditionalVersionWeights": {}},
        )
        self._progress(f"{alias.function}: {alias.name} is at version {alias.version}")


def _reason(error: Exception) -> str:
    return str(error.response["Error"]["Code"]) if isinstance(error, ClientError) else type(error).__name__
