"""Releases of one function that are bad in ways that clients would see, and a good one: only that may come to serve."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from local_server import project
from rehearsal.cloudwatch_alarms import Watch
from rehearsal.codedeploy import CodeDeploy, Shifted
from rehearsal.deployment import Deployment, refuse
from rehearsal.faults import with_code_added
from rehearsal.steps import Step
from rollout.shift import Shift, Target

_OPERATION, _MODULE = "updateProduct", "update_product"
_REQUESTS_A_MINUTE = 40
# What a function is given instead of its 30 seconds: nobody wants to wait for them.
_LONGEST_SECONDS = 3.0
_PRODUCT = {
    "name": "Changed all the time",
    "description": "A product of the rehearsal that every release changes.",
    "price": 95,
    "period": "per year",
    "features": ["One domain"],
}

# Each is added to the module of the operation, whose function it replaces.
_GOOD = "RELEASE = 'another'\n"
_REPLACED = f"""
import time, types
_good = types.FunctionType({_MODULE}.__code__, globals())
def _bad(request, catalogue):
    {{}}
{_MODULE}.__code__ = _bad.__code__
"""


@dataclass(frozen=True)
class BadRelease:
    """`added` to the code of the function; `alarms`, by the ends of their names: one of them has to end the shift."""

    name: str
    added: str
    alarms: frozenset[str] = frozenset()


_FAILURES = frozenset({"release-failures", "5xx"})
RELEASES = (
    BadRelease("raises", _REPLACED.format("raise RuntimeError('this release cannot update')"), _FAILURES),
    BadRelease("answers invalid responses", _REPLACED.format("return Response(200, {'product': {}})"), _FAILURES),
    BadRelease("times out", _REPLACED.format("time.sleep(3600)"), _FAILURES),
    BadRelease(
        "is slow", _REPLACED.format("time.sleep(1.5); return _good(request, catalogue)"), frozenset({"release-latency"})
    ),
    BadRelease("is good", _GOOD),
)


def try_releases(deployment: Deployment, packages: Path, step: Step) -> None:
    """Applies and shifts to each, under traffic. Raises StepFailed when a bad one serves, or the good one does not."""
    problems = []
    with _changed_product(deployment) as path:
        for release in RELEASES:
            started, serving = time.monotonic(), _alias(deployment)["FunctionVersion"]
            with _packaged(packages / f"{_MODULE}.zip", release.added):
                deployment.stack.apply()
                shifted, statuses = _shift(deployment, path)
            found = [f"{release.name}: {problem}" for problem in _problems(deployment, release, shifted)]
            if found and release.alarms:
                _serve(deployment, serving)  # The next release is not to pay for this one.
            problems += found
            ended = (
                f"stopped in minute {shifted.minutes}" if shifted.alarms else f"serves after {shifted.minutes} minutes"
            )
            failures = sum(count for status, count in statuses.items() if status >= 500)
            seen = f"{failures} of {statuses.total()} answers were 5XX"
            took = f"{time.monotonic() - started:.0f} s on this machine"
            step.details.append(f"a release that {release.name}: {ended}; {seen}; {took}")
    step.figures["releases"] = len(RELEASES)
    refuse(problems, "releases did not end as they should")


def _problems(deployment: Deployment, release: BadRelease, shifted: Shifted) -> Iterator[str]:
    if not release.alarms:
        if shifted.alarms:
            yield f"stopped by {', '.join(sorted(shifted.alarms))}"
    elif not shifted.alarms:
        yield "came to serve"
    elif not any(alarm.endswith(f"-{end}") for alarm in shifted.alarms for end in release.alarms):
        yield f"stopped by {', '.join(sorted(shifted.alarms))} alone"
    alias = _alias(deployment)
    serves_new = alias["FunctionVersion"] == _target(deployment).version
    if serves_new is bool(release.alarms) or alias.get("RoutingConfig", {}).get("AdditionalVersionWeights"):
        yield f"the alias is left at {alias['FunctionVersion']}, {alias.get('RoutingConfig')}"


def _alias(deployment: Deployment) -> Any:
    target = _target(deployment)
    return deployment.account.aws.client("lambda").get_alias(FunctionName=target.function, Name=target.alias)


def _serve(deployment: Deployment, version: str) -> None:
    target = _target(deployment)
    deployment.account.aws.client("lambda").update_alias(
        FunctionName=target.function, Name=target.alias, FunctionVersion=version, RoutingConfig={}
    )


def _shift(deployment: Deployment, path: str) -> tuple[Shifted, Counter[int]]:
    """scripts/shift_traffic, with CodeDeploy and the alarms emulated."""
    account, statuses, said = deployment.account, Counter[int](), list[str]()
    token = account.administrator.token()

    def minute() -> None:
        with httpx.Client(timeout=60, trust_env=False, headers={"Authorization": f"Bearer {token}"}) as client:
            for number in range(_REQUESTS_A_MINUTE):
                answer = client.put(deployment.url + path, json={"price": 95 + number})
                statuses[answer.status_code] += 1

    watch = Watch(account.aws, account.logs, deployment.functions.metrics, deployment.state)
    codedeploy = CodeDeploy(account.aws, watch, minute)
    deployment.functions.longest_seconds = _LONGEST_SECONDS
    try:
        Shift(codedeploy, account.aws.client("lambda"), account.aws.client("cloudwatch"), said.append).run(
            {_OPERATION: _target(deployment)}
        )
    finally:
        deployment.functions.longest_seconds = None
    [shifted] = codedeploy.shifted.values()
    return shifted, statuses


def _target(deployment: Deployment) -> Target:
    """What Terraform's output says now: `deployment.state` is that of the first apply."""
    outputs: dict[str, Any] = deployment.account.prerequisites.state()["outputs"]
    return Target(**outputs["canary_deployments"]["value"][_OPERATION])


@contextmanager
def _packaged(package: Path, added: str) -> Iterator[None]:
    """The function's zip with code added to its handler's module, while the `with` block runs."""
    good = package.read_bytes()
    package.write_bytes(with_code_added(good, f"products.handlers.{_MODULE}.handler", added))
    try:
        yield
    finally:
        package.write_bytes(good)


@contextmanager
def _changed_product(deployment: Deployment) -> Iterator[str]:
    """The path of a product that may be changed, retired at the end."""
    headers = {"Authorization": f"Bearer {deployment.account.administrator.token()}"}
    with httpx.Client(timeout=60, trust_env=False, headers=headers) as client:
        made = client.post(deployment.url + project.collection(), json=_PRODUCT).raise_for_status()
        path = made.headers["Location"].removeprefix(httpx.URL(deployment.url).path)
        yield path
        client.delete(deployment.url + path)
