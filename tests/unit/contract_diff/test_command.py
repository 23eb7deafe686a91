"""The command: which contracts it compares by itself, what it prints, and its exit status."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from contract_diff.__main__ import main
from tests.unit.contract_diff.pairs import GONE, OPERATION, contract

REFUSED = Path(__file__).parents[2] / "fixtures" / "documents" / "refused"
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


@pytest.mark.parametrize("path", sorted(REFUSED.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_document_that_the_compiler_refuses_is_refused_by_name_or_compared(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = tmp_path / path.name
    named.write_bytes(path.read_bytes().replace(b"version: '1'", b"version: 1.0.0"))
    status = main([str(named), str(named)])
    _, err = capsys.readouterr()
    if err:
        assert (status, f"{named} is refused:\n" in err) == (2, True)
        assert f"[{path.stem.partition('.')[0]}]" in err
    else:
        assert status == 0


@pytest.mark.parametrize(
    ("edits", "rule"),
    [
        ({f"{OPERATION}/security": [{"nobody": []}]}, "security-unknown"),
        ({"/security": [{"nobody": []}]}, "security-unknown"),
        ({"/components/securitySchemes/user/x-allowed-groups": 5}, "security-groups"),
        ({"/components/securitySchemes/robot/x-allowed-groups": "a"}, "security-groups"),
    ],
)
def test_security_that_says_nothing_cannot_be_compared(checkout: Checkout, edits: dict[str, Any], rule: str) -> None:
    checkout.write(edits)
    for named in (["git:HEAD"], ["openapi.json", "git:HEAD"]):
        (checkout.root.parent / "openapi.json").write_text(json.dumps(contract(edits)))
        status, out, err = checkout.compare(*named)
        assert (status, out) == (2, "")
        assert f"[{rule}]" in err
        assert ("openapi.json is refused" if len(named) == 2 else "openapi/products.yaml is refused") in err


def test_a_text_that_is_not_utf_8_cannot_be_compared(checkout: Checkout) -> None:
    contract_file, old = checkout.root / "openapi/products.yaml", checkout.root.parent / "old.yaml"
    old.write_bytes(b"openapi: 3.0.3 # \xe9\n")
    status, out, err = checkout.compare("old.yaml")
    assert (status, out, "old.yaml is refused:\n" in err, "byte 17 is not UTF-8" in err) == (2, "", True, True)
    contract_file.write_bytes(old.read_bytes())
    checkout.git("add", ".")
    checkout.git("commit", "-m", "Change")
    status, out, err = checkout.compare("git:HEAD", "git:HEAD~1")
    assert (status, out, "git:HEAD is refused:\n" in err, "byte 17 is not UTF-8" in err) == (2, "", True, True)
    (checkout.root / "CHANGELOG.md").write_bytes(b"\xe9")
    status, out, err = checkout.compare("git:HEAD~1", "git:HEAD~1")
    assert (status, out, "CHANGELOG.md is not UTF-8" in err) == (2, "", True)


def test_what_is_nested_too_deeply_is_named(checkout: Checkout) -> None:
    inline: Any = {"type": "string"}
    for _ in range(300):
        inline = {"type": "object", "properties": {"a": inline}}
    chain = {f"S{number}": {"properties": {"a": {"$ref": f"#/components/schemas/S{number + 1}"}}}
             for number in range(1000)}  # fmt: skip
    by_reference = {
        f"{OPERATION}/requestBody/content/application~1json/schema": {"$ref": "#/components/schemas/S0"},
        "/components/schemas": {**chain, "S1000": {"type": "string"}},
    }
    named = f"{OPERATION}/requestBody/content/application~1json/schema"
    for edits, end in (({named: inline}, {named: {}}), (by_reference, {"/components/schemas/S1000": {}})):
        checkout.write(edits)
        (checkout.root.parent / "new.json").write_text(json.dumps(contract({**edits, **end})))
        status, out, err = checkout.compare("checkout/openapi/products.yaml", "new.json")
        assert (status, out, "checkout/openapi/products.yaml" in err) == (2, "", True)
        assert "nested too deeply" in err


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
