"""A break needs a new path version and a line in the changelog, and `info.version` must tell of every change."""

from __future__ import annotations

from typing import Any

import pytest

from contract_compiler.document import Node
from contract_diff.changes import Weight
from contract_diff.comparison import compare
from contract_diff.sources import Changelog, NoVersion, Source, Version
from contract_diff.verdict import Verdict, verdict_on
from tests.unit.contract_diff.pairs import GONE, OPERATION, contract

PROSE, ADDITION, BREAK = (
    {f"{OPERATION}/description": "Otherwise."},
    {f"{OPERATION}/parameters/-": {"name": "r", "in": "query", "schema": {"type": "string"}}},
    {f"{OPERATION}/parameters/1": GONE},
)
PATH = "/v1/things/{id}"
TOLD = "## [2.0.0] - 2026-03-01\n\n### Removed\n\n- `PUT /v1/things/{id}` and `GET /v1/things/{id}`.\n"


def verdict(edits: dict[str, Any], was: str, now: str, changelog: str = "", *, is_released: bool = True) -> Verdict:
    return verdict_between(
        contract({"/info/version": was}), contract({"/info/version": now, **edits}), changelog, is_released
    )


def verdict_between(old: Any, new: Any, changelog: str = "", is_released: bool = True) -> Verdict:
    sources = [Source("it", Node(each, (), each), is_released=is_released) for each in (old, new)]
    found = compare(sources[0].document, sources[1].document)
    return verdict_on(sources[0], sources[1], found, Changelog(changelog))


@pytest.mark.parametrize(
    ("edits", "enough", "needed"),
    [(PROSE, "1.2.4", "1.2.4"), (PROSE, "1.3.0", "1.2.4"), (ADDITION, "1.3.0", "1.3.0"), (ADDITION, "2.0.0", "1.3.0")],
)
def test_a_version_that_tells_of_the_change_may_be_merged(edits: dict[str, Any], enough: str, needed: str) -> None:
    found = verdict(edits, "1.2.3", enough)
    assert (list(found.problems), found.needed) == ([], needed)


@pytest.mark.parametrize(
    ("edits", "now", "part"),
    [(PROSE, "1.2.3", "patch"), (ADDITION, "1.2.4", "minor"), (ADDITION, "1.2.3", "minor"), (PROSE, "1.2.2", "patch")],
)
def test_a_version_that_does_not_is_refused_with_the_part_that_must_move(
    edits: dict[str, Any], now: str, part: str
) -> None:
    [problem] = verdict(edits, "1.2.3", now).problems
    assert f"the {part} part must move" in problem


def test_a_break_under_the_same_path_is_refused_whatever_the_version() -> None:
    [problem] = verdict(BREAK, "1.2.3", "2.0.0", "PUT /v1/things/{id}").problems
    assert problem.startswith(f"parameter-removed at #{OPERATION}/parameters/1 breaks clients")


def test_before_the_first_version_the_minor_part_tells_of_breaks() -> None:
    assert verdict(BREAK, "0.2.3", "0.3.0").problems == []
    [problem] = verdict(BREAK, "0.2.3", "0.2.4").problems
    assert "0.3.0" in problem


def moved(to: str, version: str) -> Any:
    document = contract({"/info/version": version})
    document["paths"][to] = document["paths"].pop(PATH)
    return document


def test_a_path_may_go_when_its_successor_is_there_and_the_changelog_names_it() -> None:
    assert verdict_between(contract(), moved("/v2.1/things/{id}", "2.0.0"), TOLD).problems == []


@pytest.mark.parametrize("to", ["/v1.0/things/{id}", "/v0/things/{id}", "/v2/others/{id}", "/v2/things"])
def test_a_path_may_not_go_without_a_successor_of_a_higher_version(to: str) -> None:
    new = moved(to, "2.0.0")
    if "{id}" not in to:
        for operation in new["paths"][to].values():
            del operation["parameters"][0]
    problems = verdict_between(contract(), new, TOLD).problems
    assert len(problems) == 2
    assert all("no operation like it under a higher path version" in problem for problem in problems)


def test_a_path_may_not_go_untold() -> None:
    problems = verdict_between(contract(), moved("/v2/things/{id}", "2.0.0"), TOLD.replace("PUT", "The old")).problems
    where = "name it under [2.0.0] or [Unreleased]"
    assert problems == [f"PUT /v1/things/{{id}} is gone, and the changelog does not say so: {where}"]


def test_a_path_may_not_go_in_a_minor_version() -> None:
    [problem] = verdict_between(contract(), moved("/v2/things/{id}", "1.3.0"), TOLD.replace("2.0.0", "1.3.0")).problems
    assert "the major part must move, to 2.0.0" in problem


def test_a_new_path_version_beside_the_old_one_is_an_addition() -> None:
    new = contract({"/info/version": "1.3.0"})
    operations = {
        method: {**each, "operationId": each["operationId"] + "2"} for method, each in new["paths"][PATH].items()
    }
    new["paths"]["/v2/things/{id}"] = operations
    found = verdict_between(contract(), new)
    assert (found.problems, found.weight) == ([], Weight.ADDITION)


def test_what_is_not_released_yet_may_grow_without_a_new_version_but_not_break() -> None:
    assert verdict(ADDITION, "1.2.3", "1.2.3", is_released=False).problems == []
    assert verdict(BREAK, "1.2.3", "1.2.3", is_released=False).problems != []


def test_a_version_may_not_go_back() -> None:
    assert verdict({}, "1.2.3", "1.2.2").problems == ["info.version went back from 1.2.3 to 1.2.2"]
    assert verdict({}, "1.2.3", "1.2.3").problems == []


def test_a_candidate_comes_before_its_release() -> None:
    assert Version.read("2.0.0-rc.1") < Version.read("2.0.0")
    assert Version.read("2.0.0-rc.1").covers(Version.read("1.9.0"), Weight.BREAKING)


@pytest.mark.parametrize("text", ["1", "1.0", "v1.0.0", "1.0.0.0", "01.0.0", ""])
def test_what_is_no_semantic_version_is_refused(text: str) -> None:
    with pytest.raises(NoVersion):
        Version.read(text)


def test_a_changelog_knows_what_was_released_and_what_is_said_of_it() -> None:
    changelog = Changelog(
        "# Log\n## [Unreleased]\nsoon\n## [1.1.0] - unreleased\nnext\n## [1.0.0] - 2026-01-31\nfirst\n"
    )
    assert changelog.released == ["1.0.0"]
    assert changelog.covers("1.1.0", "next")
    assert changelog.covers("1.1.0", "soon")
    assert not changelog.covers("1.1.0", "first")
