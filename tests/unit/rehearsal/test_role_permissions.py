"""A role that is not there is not one that keeps its limits."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from local_server import project
from rehearsal.role_permissions import check_role_permissions
from rehearsal.steps import Step, StepFailed


def test_an_operation_without_a_role_fails_the_step() -> None:
    account: Any = SimpleNamespace(table="products-dev")
    deployment: Any = SimpleNamespace(account=account, state={"resources": []})
    needs = json.loads((project.ROOT / "generated/handler_permissions.json").read_bytes())
    with pytest.raises(StepFailed, match=f"there is no role of {', '.join(sorted(needs))}"):
        check_role_permissions(deployment, Step("roles"))
