"""The command: which contracts it compares by itself, what it prints, and its exit status."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from contract_diff.__main__ import main
from tests.unit.contract_diff.pairs import GONE, OPERATION, contract

ADDITION: dict[str, Any] = {f"{OPERATION}/parameters/-": {"name": "r", "in": "query", "schema": {"type": "string"}}}
BREAK: dict[str, Any] = {f"{OPERATION}/parameters/1": GONE}
IDENTITY = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")


class Checkout:
    """A checkout with a contract in it, and the command in it."""

    def __init__(self, root: Path, printed: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._printed = printed
        (root / "openapi").mkdir(parents=True, exist_ok=True)

    def git(self, *arguments: str) -> None:
        subprocess.run(["git", *IDENTITY, *arguments], cwd=self.root, check=True, capture_output=True)

    def write(self, edits: dict[str, Any] | None = None, changelog: str = "") -> None:
        (self.root / "openapi/products.yaml").write_text(json.dumps(contract(edits)))
        (self.root / "CHANGELOG.md").write_text(changelog)

    def commit(self, edits: dict[str, Any] | None = None, changelog: str = "") -> None:
        self.write(edits, changelog)
        self.git("add", ".")
        self.git("commit", "--allow-empty", "-m", "Change")

    def compare(self, *arguments: str) -> tuple[int, str, str]:
        """The exit status, and what was printed where."""
        options = ["--project", str(self.root), "--changelog", str(self.root / "CHANGELOG.md")]
        status = main([*options, *arguments])
        return status, *self._printed.readouterr()


@pytest.fixture
def checkout(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Checkout:
    found = Checkout(tmp_path / "checkout", capsys)
    monkeypatch.chdir(tmp_path)
    found.git("init", "--initial-branch", "main")
    found.commit()
    return found


def test_the_last_release_is_what_counts(checkout: Checkout) -> None:
    checkout.git("tag", "v1.2.3")
    checkout.commit(ADDITION)
    checkout.commit(ADDITION)
    status, out, _ = checkout.compare()
    assert status == 1
    assert "the newest release is v1.2.3" in out
    assert "addition      parameter-added" in out
    checkout.write({**ADDITION, "/info/version": "1.3.0"})
    assert checkout.compare()[0] == 0


def test_before_a_release_a_branch_is_compared_with_where_it_left_main(checkout: Checkout) -> None:
    checkout.git("switch", "--create", "change")
    checkout.commit(BREAK)
    checkout.commit(BREAK)
    status, out, _ = checkout.compare()
    assert (status, "the branch left main at" in out) == (1, True)


def test_before_a_release_main_is_compared_with_the_commit_before(checkout: Checkout) -> None:
    checkout.commit(BREAK)
    status, out, _ = checkout.compare()
    assert (status, "HEAD~1 is the commit before" in out) == (1, True)


def test_the_working_tree_counts(checkout: Checkout) -> None:
    checkout.commit()
    assert checkout.compare()[0] == 0
    checkout.write(BREAK)
    assert checkout.compare()[0] == 1


def test_a_release_that_the_clone_does_not_reach_is_no_silent_pass(checkout: Checkout) -> None:
    checkout.commit(changelog="## [1.2.3] - 2026-01-31\n")
    status, out, err = checkout.compare()
    assert (status, out) == (2, "")
    assert "1.2.3 was released, but no tag" in err


def test_a_shallow_clone_is_no_silent_pass(checkout: Checkout, capsys: pytest.CaptureFixture[str]) -> None:
    checkout.commit()
    clone = checkout.root.parent / "clone"
    checkout.git("clone", "--depth", "1", checkout.root.as_uri(), str(clone))
    status, out, err = Checkout(clone, capsys).compare()
    assert (status, out) == (2, "")
    assert "This clone is shallow" in err


@pytest.mark.parametrize("old", ["git:nowhere", "nothing.yaml"])
def test_what_is_not_there_cannot_be_compared(checkout: Checkout, old: str) -> None:
    status, out, err = checkout.compare(old)
    assert (status, out) == (2, "")
    assert err


def test_a_document_that_is_no_contract_cannot_be_compared(checkout: Checkout) -> None:
    (checkout.root.parent / "old.yaml").write_text("openapi: 3.1.0\n")
    status, _, err = checkout.compare("old.yaml")
    assert status == 2
    assert "openapi-version" in err


def test_a_contract_that_is_named_counts_as_released(checkout: Checkout) -> None:
    checkout.write(ADDITION)
    status, out, _ = checkout.compare("git:HEAD")
    assert status == 1
    assert "FAILED: info.version was 1.2.3 and is 1.2.3: the minor part must move, to 1.3.0 at least" in out


def test_the_json_says_all_of_it(checkout: Checkout) -> None:
    checkout.git("tag", "v1.2.3")
    checkout.write(BREAK)
    status, out, _ = checkout.compare("--json")
    found = json.loads(out)
    assert status == 1
    assert (found["compatible"], found["mergeable"], found["neededVersion"]) == (False, False, "2.0.0")
    assert found["changes"] == [
        {
            "rule": "parameter-removed",
            "weight": "breaking",
            "document": "old",
            "pointer": f"{OPERATION}/parameters/1",
            "message": "query parameter q is no longer taken",
            "operations": ["PUT /v1/things/{id}"],
        }
    ]
    assert len(found["problems"]) == 2


def test_the_markdown_is_a_table(checkout: Checkout) -> None:
    checkout.git("tag", "v1.2.3")
    checkout.write(ADDITION)
    _, out, _ = checkout.compare("--markdown")
    assert out.startswith("### Contract: addition: 1\n")
    assert "| addition | `parameter-added` |" in out


def test_no_change_says_so(checkout: Checkout) -> None:
    checkout.commit()
    status, out, _ = checkout.compare()
    assert (status, "no change. Version 1.2.3 -> 1.2.3." in out) == (0, True)
