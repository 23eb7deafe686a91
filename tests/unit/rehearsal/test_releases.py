"""A release that fails requests, does not come to serve, or comes to serve when it should not, fails its step."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from werkzeug.wrappers import Response

from local_aws.server import WsgiServer
from rehearsal.codedeploy import Shifted
from rehearsal.releases import (
    RELEASES,
    Release,
    problems_of,
    release_again,
    try_releases,
    until_answered,
    visitor,
    with_code_added,
)
from rehearsal.steps import Step, StepFailed
from rollout.traffic_shift import Target

BAD = Release("raises", "", frozenset({"release-failures", "5xx"}))
GOOD = Release("is good", "")


def alias(version: str, **weights: float) -> dict[str, Any]:
    return {"FunctionVersion": version, "RoutingConfig": {"AdditionalVersionWeights": weights}}


@pytest.mark.parametrize(
    ("release", "alarms", "after", "problems"),
    [
        (BAD, {"getOne-5xx"}, alias("1"), []),
        (BAD, {"getOne-5xx", "getOne-latency"}, alias("1"), []),
        (BAD, {"getOne-latency"}, alias("1"), ["stopped by getOne-latency alone"]),
        (BAD, set(), alias("2"), ["came to serve", "the alias is left at 2, {'AdditionalVersionWeights': {}}"]),
        (BAD, {"getOne-5xx"}, {"FunctionVersion": "2"}, ["the alias is left at 2, None"]),
        (GOOD, set(), alias("2"), []),
        (GOOD, {"b", "a"}, alias("2"), ["stopped by a, b"]),
        (GOOD, set(), alias("1", **{"2": 0.1}), ["the alias is left at 1, {'AdditionalVersionWeights': {'2': 0.1}}"]),
        (GOOD, set(), alias("2", **{"1": 0.1}), ["the alias is left at 2, {'AdditionalVersionWeights': {'1': 0.1}}"]),
    ],
)
def test_only_a_good_release_may_come_to_serve(
    release: Release, alarms: set[str], after: dict[str, Any], problems: list[str]
) -> None:
    assert list(problems_of(release, Shifted(1, alarms), "2", after)) == problems


def test_code_is_added_to_the_handlers_module_and_nothing_else_changes() -> None:
    package = zipped({"things/read.py": "def handler(): ...", "things/write.py": "", "data.json": "{}"})
    changed = contents(with_code_added(package, "things.read.handler", "handler = None"))
    assert changed == {
        "things/read.py": "def handler(): ...\n\nhandler = None",
        "things/write.py": "",
        "data.json": "{}",
    }


def test_bytecode_is_replaced_by_its_source_and_the_added_code() -> None:
    package = zipped({"products/handlers/get_product.pyc": "", "products/service.pyc": ""})
    changed = contents(with_code_added(package, "products.handlers.get_product.handler", "handler = None"))
    assert changed.keys() == {"products/handlers/get_product.py", "products/service.pyc"}
    source = changed["products/handlers/get_product.py"]
    assert source.index("def get_product(") < source.index("handler = None")


@pytest.fixture
def statuses() -> list[int]:
    """What the server answers, request by request; the last goes on."""
    return [200]


@pytest.fixture
def url(statuses: list[int]) -> Iterator[str]:
    def answer(environ: Any, start_response: Any) -> Any:
        status = statuses.pop(0) if len(statuses) > 1 else statuses[0]
        return Response(b"", status)(environ, start_response)

    with WsgiServer(answer, "release") as server:
        yield server.url


class Account:
    """Lambda with two functions whose aliases Terraform moves to the next version."""

    def __init__(self) -> None:
        self.aws = self
        self.versions = {"one": 1, "two": 1}

    def client(self, service: str) -> Account:
        return self

    def get_alias(self, FunctionName: str, Name: str) -> dict[str, str]:
        assert Name == "live"
        return {"FunctionVersion": str(self.versions[FunctionName])}

    def state(self) -> dict[str, Any]:
        return {"outputs": {"canary_deployments": {"value": {}}}}

    def move(self, *functions: str) -> None:
        for name in functions:
            self.versions[name] += 1


def release(url: str, apply: Callable[[Account], object], packages: Path) -> Step:
    account = Account()
    stack = SimpleNamespace(apply=lambda: apply(account))
    names = {f"get{name}": name for name in account.versions}
    deployment: Any = SimpleNamespace(account=account, stack=stack, names=names, url=url)
    step = Step("release")
    release_again(deployment, packages, step)
    return step


def test_every_package_has_other_bytes_and_the_same_code(url: str, tmp_path: Path) -> None:
    (tmp_path / "one.zip").write_bytes(zipped({"a.py": "A = 1"}))
    step = release(url, lambda account: account.move("one", "two"), tmp_path)
    assert contents((tmp_path / "one.zip").read_bytes()) == {"a.py": "A = 1", "release.txt": "second"}
    assert step.figures["requests meanwhile"] >= 3


def test_an_alias_that_stays_behind_is_named(url: str, tmp_path: Path) -> None:
    with pytest.raises(StepFailed, match=r"the alias has not moved: two$"):
        release(url, lambda account: account.move("one"), tmp_path)


def test_one_failed_request_fails_the_release(url: str, statuses: list[int], tmp_path: Path) -> None:
    statuses[:] = [200, 503, 200]
    with pytest.raises(StepFailed, match=r"requests during the release were answered .*503: 1"):
        release(url, lambda account: account.move("one", "two"), tmp_path)


def test_a_request_without_an_answer_counts_too() -> None:
    with WsgiServer(Response(b""), "gone") as server:
        gone = server.url
    with visitor(gone) as answers:
        until_answered(answers)
    assert set(answers) == {0}


def zipped(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def contents(package: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


class Cloud:
    """Lambda, CodeDeploy and CloudWatch with one function, shifted by a canary that no alarm watches."""

    aws = property(lambda self: self)
    logs = property(lambda self: self)
    administrator = SimpleNamespace(token=lambda: "good")

    def __init__(self) -> None:
        self.newest, self.serving, self.moved = 1, "1", list[str]()

    def client(self, service: str) -> Cloud:
        return self

    def apply(self) -> None:
        self.newest += 1

    def state(self) -> dict[str, Any]:
        target = Target("api", "group", "update", "live", str(self.newest))._asdict()
        return {"outputs": {"canary_deployments": {"value": {"updateProduct": target}}}}

    def get_alias(self, **_: str) -> dict[str, str]:
        return {"FunctionVersion": self.serving}

    def update_alias(self, FunctionVersion: str, **_: Any) -> None:
        self.serving = FunctionVersion
        self.moved.append(FunctionVersion)

    def get_deployment_group(self, **_: str) -> dict[str, Any]:
        watched = {"enabled": False, "alarms": []}
        configuration = "CodeDeployDefault.LambdaCanary10Percent1Minutes"
        return {"deploymentGroupInfo": {"deploymentConfigName": configuration, "alarmConfiguration": watched}}

    def create_deployment(self, **_: Any) -> dict[str, str]:
        return {"deploymentId": "d-1"}

    def lines(self, group: str, start: int = 0) -> list[str]:
        return []

    def measured(self, group: str, lines: list[str]) -> list[Any]:
        return []


def managed(kind: str, key: str, **attributes: str) -> dict[str, Any]:
    return {"mode": "managed", "type": kind, "name": key, "instances": [{"attributes": attributes}]}


STATE = {
    "resources": [
        managed("aws_cloudwatch_log_group", "access", name="/access"),
        managed("aws_api_gateway_stage", "this", stage_name="dev"),
        managed("aws_api_gateway_rest_api", "this", name="products"),
    ]
}


@pytest.fixture
def products() -> Iterator[tuple[str, list[str]]]:
    """An API with a product that may be made, changed and retired, and what it was asked."""
    asked: list[str] = []

    def answer(environ: Any, start_response: Any) -> Any:
        asked.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} {environ.get('HTTP_AUTHORIZATION')}")
        location = {"Location": "/dev/v1.0/products/1"}
        return Response(b"", 201 if environ["REQUEST_METHOD"] == "POST" else 200, location)(environ, start_response)

    with WsgiServer(answer, "products") as server:
        yield f"{server.url}/dev", asked


def test_bad_releases_that_nothing_stops_fail_the_step_and_serve_no_longer(
    products: tuple[str, list[str]], tmp_path: Path
) -> None:
    url, asked = products
    (tmp_path / "update_product.zip").write_bytes(zipped({"products/handlers/update_product.pyc": ""}))
    cloud, step = Cloud(), Step("releases")
    functions = SimpleNamespace(metrics=SimpleNamespace(minute=0), longest_seconds=None)
    deployment: Any = SimpleNamespace(account=cloud, stack=cloud, functions=functions, state=STATE, url=url)
    with pytest.raises(StepFailed) as failed:
        try_releases(deployment, tmp_path, step)
    bad = [each.name for each in RELEASES if each.alarms]
    assert [line for line in str(failed.value).splitlines() if "came to serve" in line] == [
        f"  {name}: came to serve" for name in bad
    ]
    assert "is good" not in str(failed.value)
    # The canary beside version 1, the new one, and version 1 again; the good one, the last, serves on.
    assert cloud.moved == [version for new in range(2, 2 + len(bad)) for version in ("1", str(new), "1")] + ["1", "6"]
    assert functions.longest_seconds is None
    assert set(asked) == {f"{method} Bearer good" for method in ("POST /dev/v1.0/products", *CHANGES)}


CHANGES = ("PUT /dev/v1.0/products/1", "DELETE /dev/v1.0/products/1")
