"""Releases under traffic: a second one of every function, and of one function some that are bad, and a good one.

Every function's new version has to serve without a failed request. Of the others, which clients would notice, only the
good one may come to serve.
"""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx

from local_server import project
from rehearsal.cloudwatch import Watch
from rehearsal.codedeploy import CodeDeploy, Shifted
from rehearsal.deployment import Deployment
from rehearsal.steps import Step, StepFailed, fail_if
from rollout.traffic_shift import Shift, Target

_PAUSE_SECONDS = 0.05


def with_code_added(code: bytes, handler: str, added: str) -> bytes:
    """A function's package whose handler's module has more code at its end. `handler`: package.module.attribute."""
    module = handler.rpartition(".")[0].replace(".", "/")
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(code)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        sources = [old.read(name) for name in old.namelist() if name == f"{module}.py"]
        # What is built holds bytecode only.
        source = sources[0] if sources else (project.ROOT / "src" / f"{module}.py").read_bytes()
        for name in old.namelist():
            if not name.startswith(f"{module}."):
                new.writestr(name, old.read(name))
        new.writestr(f"{module}.py", source + f"\n\n{added}".encode())
    return packed.getvalue()


def release_again(deployment: Deployment, packages: Path, step: Step) -> None:
    """Every function's package changed and applied, the aliases at the new versions. Raises StepFailed."""
    before = _served_versions(deployment)
    for package in packages.glob("*.zip"):
        # The same code in other bytes, which is all that Lambda and Terraform look at.
        with zipfile.ZipFile(package, "a") as archive:
            archive.writestr("release.txt", "second")
    with visitor(deployment.url + project.collection()) as statuses:
        deployment.stack.apply()
        if targets := _targets(deployment):
            shifted = _shift(deployment, targets, lambda: until_answered(statuses))
            if stopped := {group: sorted(each.alarms) for group, each in shifted.items() if each.alarms}:
                raise StepFailed(f"the shift was stopped: {stopped}")
        until_answered(statuses)
    step.figures["requests meanwhile"] = statuses.total()
    if set(statuses) != {200}:
        raise StepFailed(f"requests during the release were answered {dict(statuses)}")
    if stayed := [name for name, version in _served_versions(deployment).items() if version == before[name]]:
        raise StepFailed(f"the alias has not moved: {', '.join(stayed)}")


@contextmanager
def visitor(url: str) -> Iterator[Counter[int]]:
    """Requests again and again while the block runs; counts of the statuses that came back. No answer is a 0."""
    statuses, enough = Counter[int](), Event()

    def ask() -> None:
        with httpx.Client(timeout=60, trust_env=False) as client:
            while not enough.wait(_PAUSE_SECONDS):
                try:
                    statuses[client.get(url).status_code] += 1
                except httpx.HTTPError:
                    statuses[0] += 1

    thread = Thread(target=ask, name="visitor")
    thread.start()
    try:
        yield statuses
    finally:
        enough.set()
        thread.join()


def until_answered(statuses: Counter[int]) -> None:
    """Until the new version has answered, too: the first answers may still be on their way."""
    seen = statuses.total()
    while statuses.total() < seen + 3:
        time.sleep(_PAUSE_SECONDS)


def _served_versions(deployment: Deployment) -> dict[str, str]:
    functions = deployment.account.aws.client("lambda")
    return {
        name: functions.get_alias(FunctionName=name, Name="live")["FunctionVersion"]
        for name in deployment.names.values()
    }


def _targets(deployment: Deployment) -> dict[str, Target]:
    """The targets that Terraform leaves to CodeDeploy, now: `deployment.state` is that of the first apply."""
    outputs: dict[str, Any] = deployment.account.state()["outputs"]
    return {name: Target(**each) for name, each in outputs["canary_deployments"]["value"].items()}


def _shift(deployment: Deployment, targets: Mapping[str, Target], minute: Callable[[], None]) -> dict[str, Shifted]:
    """scripts/shift_traffic, with CodeDeploy and the alarms emulated; how it went, by deployment group."""
    account = deployment.account
    watch = Watch(account.aws, account.logs, deployment.functions.metrics, deployment.state)
    codedeploy = CodeDeploy(account.aws, watch, minute)
    Shift(codedeploy, account.aws.client("lambda"), account.aws.client("cloudwatch"), lambda line: None).run(targets)
    return codedeploy.shifted


_OPERATION, _MODULE = "updateProduct", "update_product"
_REQUESTS_A_MINUTE = 40
# What a function is given instead of its 30 seconds: nobody wants to wait for them.
_LONGEST_SECONDS = 3.0
# Each is added to the module of the operation, whose function it replaces.
_REPLACED = f"""
import time, types
_good = types.FunctionType({_MODULE}.__code__, globals())
def _bad(request, catalogue):
    {{}}
{_MODULE}.__code__ = _bad.__code__
"""


@dataclass(frozen=True)
class Release:
    """`added` to the code of the function; `alarms`, by the ends of their names: one has to end the shift, if any."""

    name: str
    added: str
    alarms: frozenset[str] = frozenset()


_FAILURES = frozenset({"release-failures", "5xx"})
RELEASES = (
    Release("raises", _REPLACED.format("raise RuntimeError('this release cannot update')"), _FAILURES),
    Release("answers invalid responses", _REPLACED.format("return Response(200, {'product': {}})"), _FAILURES),
    Release("times out", _REPLACED.format("time.sleep(3600)"), _FAILURES),
    Release(
        "is slow", _REPLACED.format("time.sleep(1.5); return _good(request, catalogue)"), frozenset({"release-latency"})
    ),
    Release("is good", "RELEASE = 'another'\n"),
)


def try_releases(deployment: Deployment, packages: Path, step: Step) -> None:
    """Applies and shifts to each, under traffic. Raises StepFailed when a bad one serves, or the good one does not."""
    functions, problems = deployment.account.aws.client("lambda"), []
    package = packages / f"{_MODULE}.zip"
    unchanged = package.read_bytes()
    with _changed_product(deployment) as change:
        for release in RELEASES:
            started, statuses = time.monotonic(), Counter[int]()
            package.write_bytes(with_code_added(unchanged, project.HANDLER.format(_MODULE), release.added))
            deployment.stack.apply()
            target = _targets(deployment)[_OPERATION]
            alias = {"FunctionName": target.function, "Name": target.alias}
            before = functions.get_alias(**alias)["FunctionVersion"]
            deployment.functions.longest_seconds = _LONGEST_SECONDS
            try:
                [shifted] = _shift(deployment, {_OPERATION: target}, partial(change, statuses)).values()
            finally:
                deployment.functions.longest_seconds = None
            found = list(problems_of(release, shifted, target.version, functions.get_alias(**alias)))
            if found and release.alarms:  # The next release is not to pay for this one.
                functions.update_alias(**alias, FunctionVersion=before, RoutingConfig={})
            problems += [f"{release.name}: {problem}" for problem in found]
            ended = "stopped in minute {}" if shifted.alarms else "serves after {} minutes"
            failures = sum(count for status, count in statuses.items() if status >= 500)
            seen = f"{failures} of {statuses.total()} answers were 5XX"
            took = f"{time.monotonic() - started:.0f} s on this machine"
            step.details.append(f"a release that {release.name}: {ended.format(shifted.minutes)}; {seen}; {took}")
    step.figures["releases"] = len(RELEASES)
    fail_if(problems, "releases did not end as they should")


def problems_of(release: Release, shifted: Shifted, version: str, alias: Mapping[str, Any]) -> Iterator[str]:
    """Problems with how the shift to `version` ended; `alias` is Lambda's answer now."""
    stopped_by = ", ".join(sorted(shifted.alarms))
    if release.alarms and not shifted.alarms:
        yield "came to serve"
    elif release.alarms and not any(each.endswith(f"-{end}") for each in shifted.alarms for end in release.alarms):
        yield f"stopped by {stopped_by} alone"
    elif shifted.alarms and not release.alarms:
        yield f"stopped by {stopped_by}"
    weights = alias.get("RoutingConfig", {}).get("AdditionalVersionWeights")
    if (alias["FunctionVersion"] == version) is bool(release.alarms) or weights:
        yield f"the alias is left at {alias['FunctionVersion']}, {alias.get('RoutingConfig')}"


@contextmanager
def _changed_product(deployment: Deployment) -> Iterator[Callable[[Counter[int]], None]]:
    """A function that changes a product for a minute and counts the answers. The product is retired at the end."""
    product = json.loads(project.CATALOGUE.read_bytes())[0] | {"name": "Changed all the time"}
    headers = {"Authorization": f"Bearer {deployment.account.administrator.token()}"}
    with httpx.Client(timeout=60, trust_env=False, headers=headers) as client:
        made = client.post(deployment.url + project.collection(), json=product).raise_for_status()
        url = httpx.URL(deployment.url).join(made.headers["Location"])

        def change(statuses: Counter[int]) -> None:
            for number in range(_REQUESTS_A_MINUTE):
                statuses[client.put(url, json={"price": 95 + number}).status_code] += 1

        yield change
        client.delete(url)
