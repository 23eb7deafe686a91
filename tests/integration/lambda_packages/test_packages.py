from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local_aws.packaged_functions import Packages
from tests.integration.lambda_packages.conftest import FUNCTIONS, ROOT, Unpacked

LARGEST_ZIP = 11_000_000


def names(packages: Packages, function: str) -> list[str]:
    return zipfile.ZipFile(packages.folder / f"{function}.zip").namelist()


def test_another_checkout_and_process_make_the_same_bytes(packages: Packages, tmp_path: Path) -> None:
    other = tmp_path / "another" / "checkout"
    for folder in ("src", "generated", "scripts/toolchain"):
        ignored = shutil.ignore_patterns("node_modules", "__pycache__")
        shutil.copytree(ROOT / folder, other / folder, ignore=ignored)
    (other / "build").mkdir()
    (other / "build" / "lambda").symlink_to(ROOT / "build" / "lambda")  # The wheels: their hashes are pinned.
    target = json.loads((packages.folder / "packages.json").read_text())
    again = tmp_path / "again"
    options = ["--arch", target["architecture"], "--python", target["python"], "--out", str(again)]
    # A set has another order in each process.
    environment = {**os.environ, "PYTHONPATH": str(other / "src"), "PYTHONHASHSEED": "1"}
    subprocess.run([sys.executable, "-m", "lambda_packages", *options], env=environment, check=True)
    for file in ("packages.json", "sbom.cdx.json", *(f"{function}.zip" for function in FUNCTIONS)):
        assert (again / file).read_bytes() == (packages.folder / file).read_bytes()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_zip_holds_what_its_function_runs_and_nothing_else(packages: Packages, function: str) -> None:
    inside = names(packages, function)
    handlers = {name for name in inside if name.startswith("products/handlers/")}
    assert handlers == {"products/handlers/__init__.pyc", f"products/handlers/{function}.pyc"}
    assert [name for name in inside if name.startswith("generated/")] == [f"generated/operations/{function}.json"]
    allowed = {"botocore", "contract", "dateutil", "jmespath", "jsonschema_rs", "products", "six.pyc", "urllib3"}
    assert {name.partition("/")[0] for name in inside} - {"generated"} <= allowed
    assert not [name for name in inside if name.endswith(".py") or "/tests/" in name]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_botocore_brings_the_data_of_dynamodb_alone(packages: Packages, function: str) -> None:
    folders = {name.split("/")[2] for name in names(packages, function) if name.startswith("botocore/data/")}
    assert {folder for folder in folders if not folder.endswith(".json")} == {"dynamodb"}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_zip_is_small(packages: Packages, function: str) -> None:
    assert (packages.folder / f"{function}.zip").stat().st_size <= LARGEST_ZIP


def test_the_manifest_tells_what_lambda_is_to_be_told(packages: Packages) -> None:
    manifest = json.loads((packages.folder / "packages.json").read_bytes())
    assert set(manifest["functions"]) == set(FUNCTIONS)
    assert manifest["functions"]["get_product"]["handler"] == "products.handlers.get_product.handler"


ENDPOINTS = """
import itertools, json
from botocore.config import Config
from botocore.session import Session

session = Session()
found = {}

def keep(request, **_):
    found[key] = request.url
    raise KeyboardInterrupt

regions = ["local", "eu-central-99"]
for partition in session.get_available_partitions():
    regions += session.get_available_regions("dynamodb", partition)
for region, dualstack, fips in itertools.product(regions, (False, True), (False, True)):
    key = f"{region} {dualstack} {fips}"
    config = Config(use_dualstack_endpoint=dualstack, use_fips_endpoint=fips)
    try:
        client = session.create_client("dynamodb", region_name=region, config=config)
        client.meta.events.register("before-send.dynamodb", keep)
        client.get_item(TableName="t", Key={"PK": {"S": "k"}})
    except KeyboardInterrupt:
        pass
    except Exception as error:
        found[key] = str(error)
print(json.dumps(found))
"""


def test_every_region_has_the_endpoint_that_the_whole_botocore_gives_it(
    unpack: Callable[[str], Unpacked], whole_botocore: Callable[[str], Any]
) -> None:
    found = unpack("get_product").run(ENDPOINTS)
    assert found == whole_botocore(ENDPOINTS)
    assert found["af-south-1 False False"] == "https://dynamodb.af-south-1.amazonaws.com/"
    assert found["eu-west-1 False False"] == "https://dynamodb.eu-west-1.amazonaws.com/"
