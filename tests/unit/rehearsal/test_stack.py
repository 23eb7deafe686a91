from __future__ import annotations

from pathlib import Path
from typing import Any

from rehearsal.terraform import Stack, managed, resources

STATE: dict[str, Any] = {
    "resources": [
        {"mode": "managed", "type": "a", "name": "this", "instances": [{"attributes": {"name": "one"}}]},
        {
            "mode": "managed",
            "type": "b",
            "name": "this",
            "instances": [{"index_key": "x", "attributes": {"name": "two"}}],
        },
        {"mode": "data", "type": "a", "name": "read", "instances": [{"attributes": {"name": "three"}}]},
    ]
}


def test_resources_go_by_their_key_and_data_are_none() -> None:
    assert resources(STATE, "a") == {"this": {"name": "one"}}
    assert resources(STATE, "b") == {"x": {"name": "two"}}
    assert managed(STATE) == ["a.this", "b.this"]


def test_an_empty_state_has_no_resources() -> None:
    assert resources({"version": 4, "resources": []}, "a") == {}
    assert managed({"version": 4, "resources": []}) == []


def test_the_stack_is_copied_as_it_is(tmp_path: Path) -> None:
    project = Path(__file__).parents[3]
    Stack(project, tmp_path, "dev", {})
    for source in (project / "terraform").rglob("*.tf"):
        assert (tmp_path / source.relative_to(project)).read_bytes() == source.read_bytes()


def test_terraform_sees_no_aws_but_the_mock(tmp_path: Path) -> None:
    stack = Stack(Path(__file__).parents[3], tmp_path, "dev", {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"})
    environment = stack.terraform.environment
    assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
    assert environment["AWS_CONFIG_FILE"] == environment["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"
    assert "AWS_PROFILE" not in environment
