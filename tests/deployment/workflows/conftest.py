from __future__ import annotations

import os
import shutil

import pytest

# What the scripts in the workflows call: GitHub's runners have them, a laptop may not.
_OF_THE_RUNNER = ("grep", "jq", "sed")


@pytest.fixture
def runner_tools() -> None:
    """Skips a test for want of them; in CI it fails."""
    missing = [name for name in _OF_THE_RUNNER if shutil.which(name) is None]
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"missing: {', '.join(missing)}")
    if missing:
        pytest.skip(f"LEFT OUT: {', '.join(missing)} not found, which GitHub's runners have")
