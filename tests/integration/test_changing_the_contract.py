"""Changing one limit in the contract, and compiling it, changes what the served API accepts. Nothing else is edited."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.served import ROOT, Served, served

COMPILE = (
    "-m contract_compiler openapi/products.yaml --out generated --strict"
    " --handlers src/products/handlers --bundle products.json"
)
LIMIT = re.compile(r"(    ProductName:\n(?:      .*\n)*?      maxLength: )100\n")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what is served."""
    root = tmp_path / "project"
    for folder in ("openapi", "generated", "src", "terraform/environments"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return root


def test_a_new_limit_in_the_contract_is_the_limit_of_the_served_api(project: Path, tmp_path: Path) -> None:
    name = "A name of thirty-one characters"
    with served(tmp_path, root=project) as cloud:
        assert create(cloud, name) == (201, [])
    change_the_limit(project / "openapi" / "products.yaml", 30)
    environment = {**os.environ, "PYTHONPATH": str(project / "src")}
    subprocess.run([sys.executable, *COMPILE.split()], cwd=project, env=environment, check=True)
    with served(tmp_path, root=project) as cloud:
        assert create(cloud, name[:30]) == (201, [])
        assert create(cloud, name) == (400, [("body", "/name", "must have at most 30 characters")])
        assert cloud.disagreements()["count"] == 0


def change_the_limit(contract: Path, limit: int) -> None:
    changed, times = LIMIT.subn(rf"\g<1>{limit}\n", contract.read_text(encoding="utf-8"))
    assert times == 1
    contract.write_text(changed, encoding="utf-8")


def create(cloud: Served, name: str) -> tuple[int, list[tuple[str, str, str]]]:
    """The status, and the violations if there are any."""
    product: dict[str, Any] = {"name": name, "description": "For a trial only.", "price": 1, "period": "per year"}
    body = json.dumps({**product, "features": ["One domain"]}).encode()
    headers = {"Authorization": f"Bearer {cloud.token('platform-admin')}", "Content-Type": "application/json"}
    try:
        with urlopen(Request(f"{cloud.url}/v1.0/products", body, headers)) as response:
            return response.status, []
    except HTTPError as refused:
        with refused:
            return refused.code, [
                (each["in"], each["field"], each["message"]) for each in json.load(refused)["details"]
            ]
