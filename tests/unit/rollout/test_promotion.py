"""What is promoted is what the environment before has validated, and nothing that only says so."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from rollout.promotion import Build, NotValidated, validated_by_run, validated_last, validated_release
from rollout.validated_packages import main

COMMIT, DIGEST = "c0" * 20, "d1" * 32
HERE = {"full_name": "o/r"}


def workflow_run(identity: int, **changes: Any) -> dict[str, Any]:
    run = {
        "id": identity,
        "path": ".github/workflows/deploy-dev.yml",
        "event": "push",
        "head_branch": "main",
        "conclusion": "success",
        "repository": HERE,
        "head_repository": HERE,
    }
    return run | changes


def artefact(name: str, run: int = 7, *, expired: bool = False) -> dict[str, Any]:
    return {"name": name, "expired": expired, "workflow_run": {"id": run}}


VALIDATED, PACKAGES = artefact(f"validated-dev-{COMMIT}"), artefact(f"packages-{DIGEST}")


def github(run: Mapping[str, Any], *artefacts: Mapping[str, Any]) -> dict[str, Any]:
    """A repository, as a mapping from paths of GitHub's API to answers."""
    return {
        f"/actions/runs/{run['id']}": run,
        f"/actions/runs/{run['id']}/artifacts?per_page=100": {"artifacts": artefacts},
    }


def test_the_build_of_a_run_is_found() -> None:
    answers = github(workflow_run(7), VALIDATED, artefact("reports"), PACKAGES)
    assert validated_by_run(answers.__getitem__, "dev", "7") == Build("7", COMMIT, DIGEST)


@pytest.mark.parametrize(
    "change",
    [
        {"path": ".github/workflows/other.yml"},
        {"path": ".github/workflows/deploy-sit.yml"},
        {"event": "pull_request"},
        {"head_branch": "feature"},
        {"conclusion": "failure"},
        {"conclusion": None},
        {"head_repository": {"full_name": "fork/r"}},
    ],
)
def test_a_run_that_has_validated_nothing_is_refused(change: dict[str, Any]) -> None:
    answers = github(workflow_run(7, **change), VALIDATED, PACKAGES)
    with pytest.raises(NotValidated, match="run 7"):
        validated_by_run(answers.__getitem__, "dev", "7")


@pytest.mark.parametrize(
    "artefacts",
    [
        [PACKAGES],
        [VALIDATED],
        [artefact(f"validated-sit-{COMMIT}"), PACKAGES],
        [VALIDATED, artefact(f"packages-{DIGEST}", expired=True)],
        [VALIDATED, PACKAGES, artefact(f"packages-{'e2' * 32}")],
    ],
)
def test_a_run_without_the_build_or_with_two_is_refused(artefacts: list[dict[str, Any]]) -> None:
    answers = github(workflow_run(7), *artefacts)
    with pytest.raises(NotValidated, match=r"run 7 has [02] artefacts"):
        validated_by_run(answers.__getitem__, "dev", "7")


def release(*runs: int, version: str = "1.2.0") -> dict[str, Any]:
    name = f"validated-sit-{COMMIT}"
    artefacts = [artefact(name, run) for run in runs]
    return {
        "/commits/tags/v1.2.0": {"sha": COMMIT},
        f"/contents/generated/operations.json?ref={COMMIT}": {
            "content": base64.encodebytes(json.dumps({"version": version}).encode()).decode()
        },
        f"/actions/artifacts?per_page=100&name={name}": {"artifacts": artefacts},
    }


def sit_run(identity: int, **changes: Any) -> dict[str, Any]:
    run = workflow_run(identity, path=".github/workflows/deploy-sit.yml", event="workflow_dispatch", **changes)
    return github(run, artefact(f"validated-sit-{COMMIT}", identity), artefact(f"packages-{DIGEST}", identity))


def test_the_build_of_a_release_is_that_of_the_newest_run_that_counts() -> None:
    answers = release(3, 12, 9) | sit_run(3) | sit_run(9) | sit_run(12, head_branch="feature")
    assert validated_release(answers.__getitem__, "sit", "v1.2.0") == Build("9", COMMIT, DIGEST)


def test_a_release_that_was_never_validated_says_what_to_do() -> None:
    with pytest.raises(NotValidated, match="deploy it to sit first"):
        validated_release(release().__getitem__, "sit", "v1.2.0")


def test_a_tag_that_is_not_the_version_of_its_contract_is_refused() -> None:
    with pytest.raises(NotValidated, match=r"contract says version 1\.3\.0: a release is tagged v1\.3\.0"):
        validated_release((release(3, version="1.3.0") | sit_run(3)).__getitem__, "sit", "v1.2.0")


def deployments(*runs: int) -> dict[str, Any]:
    query = "branch=main&event=workflow_dispatch&status=success&per_page=1"
    return {f"/actions/workflows/deploy-sit.yml/runs?{query}": {"workflow_runs": [{"id": run} for run in runs]}}


def test_what_is_served_is_the_build_of_the_newest_deployment_that_succeeded() -> None:
    assert validated_last((deployments(9, 3) | sit_run(3) | sit_run(9)).__getitem__, "sit") == Build(
        "9", COMMIT, DIGEST
    )


def test_an_environment_without_a_deployment_says_so() -> None:
    with pytest.raises(NotValidated, match="no deployment to sit has succeeded yet"):
        validated_last(deployments().__getitem__, "sit")


class Answers(BaseHTTPRequestHandler):
    """GitHub's API with one run."""

    def do_GET(self) -> None:
        answers = github(workflow_run(7), VALIDATED, PACKAGES)
        known = self.headers["Authorization"] == "Bearer good" and answers.get(self.path.removeprefix("/repos/o/r"))
        self.send_response(200 if known else 404)
        self.end_headers()
        self.wfile.write(json.dumps(known or {}).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Not on the test's output."""


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("GITHUB_API_URL", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("GITHUB_REPOSITORY", "o/r")
        monkeypatch.setenv("GH_TOKEN", "good")
        yield
        server.shutdown()
        thread.join()


@pytest.mark.usefixtures("api")
def test_the_command_prints_what_a_workflow_reads(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["find", "dev", "--run", "7"]) == 0
    assert capsys.readouterr().out == f"run=7\ncommit={COMMIT}\ndigest={DIGEST}\n"


@pytest.mark.usefixtures("api")
def test_what_github_does_not_know_is_an_error_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["find", "dev", "--run", "8"]) == 2
    assert "GitHub answers 404" in capsys.readouterr().err
