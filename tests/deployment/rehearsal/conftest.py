"""A rehearsal needs Terraform, Java and DynamoDB Local. Where CI is true they have to be there."""

from __future__ import annotations

import os

import pytest

from local_aws import CannotStart
from local_aws.packaged_functions import Packages, packages_for_this_machine
from local_server import project
from rehearsal.terraform import Terraform


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    """The checkout's packages, for this machine: built once for all rehearsals."""
    try:
        Terraform.at(project.ROOT)
        return packages_for_this_machine(project.ROOT, tmp_path_factory.mktemp("packages"))
    except CannotStart as missing:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"LEFT OUT: {missing}")
