"""A second release while requests come in: new versions published, aliases moved, no request failing."""

from __future__ import annotations

import shutil
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import httpx

from local_server import project
from rehearsal.cloudwatch_alarms import Watch
from rehearsal.codedeploy import CodeDeploy
from rehearsal.deployment import Deployment
from rehearsal.faults import ALIAS
from rehearsal.steps import Step, StepFailed
from rollout.shift import Shift, Target

_PAUSE_SECONDS = 0.05


@dataclass
class Visitor:
    """A visitor who keeps asking. `statuses` is what came back; a request without an answer counts as 0."""

    url: str
    statuses: Counter[int] = field(default_factory=Counter)

    @contextmanager
    def flowing(self) -> Iterator[Visitor]:
        enough = Event()
        thread = Thread(target=self._ask, args=(enough,), name="visitor")
        thread.start()
        try:
            yield self
        finally:
            enough.set()
            thread.join()

    def _ask(self, enough: Event) -> None:
        with httpx.Client(timeout=60, trust_env=False) as client:
            while not enough.wait(_PAUSE_SECONDS):
                try:
                    self.statuses[client.get(self.url).status_code] += 1
                except httpx.HTTPError:
                    self.statuses[0] += 1


def release_again(deployment: Deployment, packages: Path, step: Step) -> None:
    """Every function's package changed and applied, the aliases at the new versions. Raises StepFailed."""
    before = _versions(deployment)
    for package in packages.glob("*.zip"):
        _with_another_file(package)
    with Visitor(deployment.url + project.collection()).flowing() as traffic:
        deployment.stack.apply()
        if _shifts_by_itself(deployment):
            _shift(deployment, traffic)
        _until_answered(traffic)
    step.figures |= {"requests meanwhile": traffic.statuses.total()}
    if set(traffic.statuses) != {200}:
        raise StepFailed(f"requests during the release were answered {dict(traffic.statuses)}")
    if stayed := [name for name, version in _versions(deployment).items() if version == before[name]]:
        raise StepFailed(f"the alias has not moved: {', '.join(stayed)}")


def _shifts_by_itself(deployment: Deployment) -> bool:
    """Whether Terraform leaves the aliases to CodeDeploy."""
    return bool(deployment.state["outputs"]["canary_deployments"]["value"])


def _shift(deployment: Deployment, traffic: Visitor) -> None:
    """scripts/shift_traffic, while the visitor goes on asking."""
    account = deployment.account
    watch = Watch(account.aws, account.logs, deployment.functions.metrics, deployment.state)
    codedeploy = CodeDeploy(account.aws, watch, lambda: _until_answered(traffic))
    outputs = account.prerequisites.state()["outputs"]["canary_deployments"]["value"]
    shift = Shift(codedeploy, account.aws.client("lambda"), account.aws.client("cloudwatch"), lambda line: None)
    if back := shift.run({name: Target(**target) for name, target in outputs.items()}):
        alarms = {name: sorted(each.alarms) for name, each in codedeploy.shifted.items() if each.alarms}
        raise StepFailed(f"the shift was stopped: {', '.join(back)} by {alarms}")


def _versions(deployment: Deployment) -> dict[str, str]:
    client = deployment.account.aws.client("lambda")
    return {
        name: client.get_alias(FunctionName=name, Name=ALIAS)["FunctionVersion"] for name in deployment.names.values()
    }


def _until_answered(traffic: Visitor) -> None:
    """Until the new version has answered, too: the first answers may still be on their way."""
    seen = traffic.statuses.total()
    while traffic.statuses.total() < seen + 3:
        time.sleep(_PAUSE_SECONDS)


def _with_another_file(package: Path) -> None:
    """The same code in other bytes, which is all that Lambda and Terraform look at."""
    changed = package.with_suffix(".changed")
    shutil.copy(package, changed)
    with zipfile.ZipFile(changed, "a") as archive:
        archive.writestr("release.txt", "second")
    changed.replace(package)
