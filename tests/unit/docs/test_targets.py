"""The pages that operators go by say what the contract, the code and the stack say."""

from __future__ import annotations

import json
import re
from pathlib import Path

from products import items

ROOT = Path(__file__).parents[3]
TABLE = (ROOT / "docs/table.md").read_text()


def test_no_operation_may_take_longer_than_the_table_of_targets_says() -> None:
    paths = json.loads((ROOT / "generated/products.json").read_text())["paths"]
    targets = [
        operation["x-latency-target-ms"]
        for path in paths.values()
        for operation in path.values()
        if isinstance(operation, dict) and "x-latency-target-ms" in operation
    ]
    runbook = (ROOT / "docs/runbooks/product_lambda_operations.md").read_text()
    [most] = re.findall(r"none above (\d+) ms", runbook)
    assert targets
    assert max(targets) <= int(most)


def test_the_tables_owners_are_told_of_every_item_and_attribute_of_ours() -> None:
    written = Path(items.__file__).read_text()
    for prefix in re.findall(r'_key\(f?"([A-Z]+#)', written):
        assert f"`{prefix}`" in TABLE
    for attribute in ("version", "lastWriteId", "expiresAt"):
        assert f'"{attribute}"' in written
        assert f"`{attribute}`" in TABLE
    [sort_key] = re.findall(r'^SORT_KEY = "(\w+)"$', written, re.MULTILINE)
    assert f"`{sort_key}`" in TABLE


def test_the_index_has_one_name() -> None:
    permissions = json.loads((ROOT / "generated/handler_permissions.json").read_text())
    found = {place for each in permissions.values() for place in each.get("dynamodb", {}) if place.startswith("index/")}
    [index] = {place.removeprefix("index/") for place in found}
    for file in ("src/products/repository.py", "src/local_aws/database/__init__.py", "docs/table.md"):
        assert index in (ROOT / file).read_text()
