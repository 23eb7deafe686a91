from __future__ import annotations

from pathlib import Path

import pytest

from local_aws import CannotStart
from tests.integration.products.conftest import running


@pytest.fixture(autouse=True)
def missing_engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DYNAMODB_LOCAL_HOME", str(tmp_path))


def test_ci_fails_without_dynamodbs_own_engine(
    environment: pytest.MonkeyPatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(CannotStart), running("dynamodb-local", environment):
        pass


def test_a_laptop_without_it_is_told_what_is_not_tested(
    environment: pytest.MonkeyPatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="NOT TESTED"), running("dynamodb-local", environment):
        pass
