"""Finds, among a repository's workflow runs on GitHub, the build that an environment has validated.

A run that has validated a build keeps two artefacts: `packages-DIGEST`, the build, and `validated-ENVIRONMENT-COMMIT`,
written last, which says of which commit. A name proves nothing, for any workflow can give it to an artefact. What
counts is that the run is one of the environment's own workflow, on the main branch, and succeeded.
https://docs.github.com/en/rest/actions/artifacts
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote
from urllib.request import Request, urlopen

Ask = Callable[[str], Mapping[str, Any]]
"""Answers a path of GitHub's REST API below the repository, such as `/actions/runs/1`, with its JSON."""

CONTRACT_INDEX = "generated/operations.json"
"""The compiled contract's table of contents, which has its `version`."""

STARTED_BY = {"dev": "push", "sit": "workflow_dispatch", "prod": "workflow_dispatch"}
"""The environments, each with the event that starts its workflow."""


class NotValidated(Exception):
    """Exception for a build that is not there. The message says what is missing, and what to do."""


class Build(NamedTuple):
    """`run` is the id of the workflow run that has its artefacts; `digest` is that of `rollout.validated_packages`."""

    run: str
    commit: str
    digest: str


@dataclass(frozen=True)
class GitHub:
    """`api` is the API's URL, `repository` is `owner/name`, `token` may read the repository and its actions."""

    api: str
    repository: str
    token: str

    def __call__(self, path: str) -> Mapping[str, Any]:
        headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
        headers |= {"Authorization": f"Bearer {self.token}"} if self.token else {}
        with urlopen(Request(f"{self.api}/repos/{self.repository}{path}", headers=headers), timeout=30) as answer:
            return dict(json.load(answer))


def validated_by_run(ask: Ask, environment: str, run: str) -> Build:
    """The build of this run. Raises NotValidated."""
    path = f"/actions/runs/{quote(run, safe='')}"
    _require_success(ask(path), environment)
    names = [each["name"] for each in _artefacts(ask, f"{path}/artifacts?per_page=100")]

    def only(pattern: str) -> str:
        """The text that the pattern finds in the one name that it fits."""
        found = [match[1] for name in names if (match := re.fullmatch(pattern, name))]
        if len(found) != 1:
            raise NotValidated(f"run {run} has {len(found)} artefacts {pattern}, not one; they expire after 90 days")
        return str(found[0])

    return Build(run, only(rf"validated-{environment}-([0-9a-f]{{40}})"), only("packages-([0-9a-f]{64})"))


def validated_release(ask: Ask, environment: str, tag: str) -> Build:
    """The build of a tag's commit, from the newest run that has validated it.

    Raises NotValidated, for a tag that is not the version of the commit's contract as well.
    """
    commit = str(ask(f"/commits/{quote(f'tags/{tag}')}")["sha"])
    index = ask(f"/contents/{CONTRACT_INDEX}?ref={commit}")
    version = json.loads(base64.b64decode(index["content"]))["version"]
    if tag != f"v{version}":
        raise NotValidated(f"{tag} is a commit whose contract says version {version}: a release is tagged v{version}")
    name = f"validated-{environment}-{commit}"
    artefacts = _artefacts(ask, f"/actions/artifacts?per_page=100&name={name}")
    for run in sorted({int(each["workflow_run"]["id"]) for each in artefacts}, reverse=True):
        try:
            return validated_by_run(ask, environment, str(run))
        except NotValidated:
            continue
    raise NotValidated(
        f"no run has validated {tag} (commit {commit}) in {environment}, or what it kept has expired: deploy it to"
        f" {environment} first"
    )


def validated_last(ask: Ask, environment: str) -> Build:
    """The build of the newest deployment that succeeded, which is the one that is served. Raises NotValidated."""
    query = f"branch=main&event={STARTED_BY[environment]}&status=success&per_page=1"
    runs = ask(f"/actions/workflows/deploy-{environment}.yml/runs?{query}")["workflow_runs"]
    if not runs:
        raise NotValidated(f"no deployment to {environment} has succeeded yet")
    return validated_by_run(ask, environment, str(runs[0]["id"]))


def _artefacts(ask: Ask, path: str) -> list[Mapping[str, Any]]:
    return [each for each in ask(path)["artifacts"] if not each["expired"]]


def _require_success(run: Mapping[str, Any], environment: str) -> None:
    wanted = {
        "path": f".github/workflows/deploy-{environment}.yml",
        "event": STARTED_BY[environment],
        "head_branch": "main",
        "conclusion": "success",
    }
    found = {**run, "path": str(run["path"]).partition("@")[0]}
    for name, value in wanted.items():
        if found[name] != value:
            raise NotValidated(f"run {run['id']} has the {name} {found[name]}, not {value}")
    if run["head_repository"]["full_name"] != run["repository"]["full_name"]:
        raise NotValidated(f"run {run['id']} is of a fork")
