"""The published contract names the environments, by the settings that Terraform reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from publishing.document import CannotPublish, PublicEnvironment, environments, published, published_text

TEXT = "info: {title: Things}\nservers:\n  - url: /\n    description: Any.\n# What follows.\npaths: {}\n"


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    for name, more in {"dev": {"base_path": "products"}, "prod": {}, "sit": {"public_host": None}}.items():
        written = {"environment": name, "public_host": f"{name}.example.com", **more}
        (tmp_path / f"{name}.tfvars.json").write_text(json.dumps(written))
    return tmp_path


def test_production_comes_first_and_what_has_no_host_is_left_out(settings: Path) -> None:
    assert environments(settings) == [
        PublicEnvironment("prod", "https://prod.example.com"), PublicEnvironment("dev", "https://dev.example.com/products"),
    ]  # fmt: skip


def test_settings_without_any_host_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotPublish, match="public_host"):
        environments(tmp_path)


def test_the_text_keeps_all_but_its_servers() -> None:
    text = published_text(TEXT, [PublicEnvironment("prod", "https://prod.example.com")])
    assert text.startswith("info: {title: Things}\nservers:\n  - {")
    assert text.endswith("}\n# What follows.\npaths: {}\n")
    assert "description: Any." not in text


def test_the_bundle_keeps_its_order() -> None:
    document = published(
        {"openapi": "3.0.3", "servers": [{"url": "/"}], "paths": {}}, [PublicEnvironment("dev", "https://d")]
    )
    assert list(document) == ["openapi", "servers", "paths"]
    assert document["servers"][0]["url"] == "https://d"


@pytest.mark.parametrize(
    "servers", ["", "servers: []\n", "servers:\n  - {url: /}\npaths: {}\nservers:\n  - {url: /}\n"]
)
def test_a_contract_without_one_list_of_servers_is_not_published(servers: str) -> None:
    with pytest.raises(CannotPublish, match="lists of servers"):
        published_text(f"openapi: 3.0.3\n{servers}", [PublicEnvironment("prod", "https://prod.example.com")])
