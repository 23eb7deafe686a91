"""Terraform for the tests here. Without it they are left out, loudly; where CI is true, they fail."""

from __future__ import annotations

import os

import pytest

from local_aws import CannotStart
from tests.deployment.stack import Stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """The stack as it is in the checkout, initialised without its backend."""
    try:
        copy = Stack.copied_to(tmp_path_factory.mktemp("stack"))
    except CannotStart as missing:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"LEFT OUT: {missing}")
    copy.terraform.init("-backend=false")
    return copy
