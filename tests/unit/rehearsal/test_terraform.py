"""The stack as Terraform reads it, and what is said and ended of the programs that are run."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from local_aws import CannotStart
from rehearsal import terraform
from rehearsal.steps import StepFailed
from rehearsal.terraform import Stack, Terraform, managed, provider_mirror, resources, run_to_end

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


@pytest.fixture
def answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of what a `terraform` prints, by command; one that begins with `Error: ` is a failure."""
    folder = tmp_path / "answers"
    folder.mkdir()
    failed = 'while read -r line; do case $line in "Error: "*) exit 1 ;; esac; done <$f'
    script = f"#!/bin/sh\nf={folder}/$1\n[ -e $f ] || exit 0\ncat $f\n{failed}\nexit 0\n"
    (folder / "terraform").write_text(script)
    (folder / "terraform").chmod(0o700)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return folder


@pytest.fixture
def stack(tmp_path: Path, answers: Path) -> Stack:
    root = tmp_path / "root"
    for name in ("terraform", "openapi", "generated"):
        (root / name).mkdir(parents=True)
    return Stack(root, tmp_path / "copy", "dev", {})


def test_an_apply_says_how_many_resources_it_changed(stack: Stack, answers: Path) -> None:
    (answers / "apply").write_text("Apply complete! Resources: 12 added, 3 changed, 0 destroyed.\n")
    assert stack.apply() == {"added": 12, "changed": 3, "destroyed": 0}


def test_a_failure_is_told_by_its_command_and_its_error_alone(stack: Stack, answers: Path) -> None:
    (answers / "apply").write_text("Creating...\nError: no such thing\n  on main.tf line 1\n")
    with pytest.raises(StepFailed, match=r"^terraform apply: no such thing\n  on main\.tf line 1$"):
        stack.apply()


def test_a_failure_in_json_is_told_by_all_that_it_said(stack: Stack, answers: Path) -> None:
    (answers / "test").write_text('{"@message": "first"}\n{"@message": "Error: second"}\nError: third\n')
    with pytest.raises(StepFailed) as failed:
        stack.terraform.run("test", "-json")
    assert str(failed.value) == f"terraform test: {(answers / 'test').read_text()}".rstrip()


def test_what_a_second_plan_would_change_is_named_without_its_values(stack: Stack, answers: Path) -> None:
    def change(*actions: str, before: Any = None, after: Any = None) -> dict[str, Any]:
        return {"actions": actions, "before": before, "after": after}

    plan = {
        "resource_changes": [
            {"address": "a.same", "change": change("no-op")},
            {"address": "data.a.read", "change": change("read")},
            {
                "address": "a.other",
                "change": change("update", before={"x": 1, "y": "old"}, after={"x": 1, "y": "secret", "z": 2}),
            },
            {"address": "a.gone", "change": change("delete", "create", before={"x": 1})},
        ],
        "output_changes": {"url": change("update", before="a", after="b"), "name": change("no-op")},
    }
    (answers / "show").write_text(json.dumps(plan))
    assert stack.changes() == ["a.other: update y, z", "a.gone: delete, create", "output.url: update"]


def test_a_settled_stack_has_no_changes(stack: Stack, answers: Path) -> None:
    (answers / "show").write_text("{}")
    assert stack.changes() == []


def test_a_machine_without_terraform_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotStart, match=r"Terraform 1\.10 or newer is needed"):
        Terraform.at(tmp_path)


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.usefixtures("answers")
def test_a_configuration_file_is_used_when_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    file = tmp_path / "terraformrc"
    if there:
        file.touch()
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(file))
    assert Terraform.at(tmp_path).environment.get("TF_CLI_CONFIG_FILE") == (str(file) if there else None)


def test_providers_come_from_the_mirror_that_is_named(tmp_path: Path) -> None:
    assert provider_mirror({"TF_PLUGIN_MIRROR": str(tmp_path)}) == tmp_path


WITH_A_CHILD = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open(sys.argv[1], "w").write(str(child.pid))
child.wait()
"""


def test_a_program_ends_with_its_status_and_all_that_it_said(tmp_path: Path) -> None:
    program = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"
    ended = run_to_end([sys.executable, "-c", program], tmp_path, os.environ)
    assert ended.returncode == 3
    assert sorted(ended.stdout.split()) == ["err", "out"]


def test_it_has_the_variables_that_it_is_given_and_no_others(tmp_path: Path) -> None:
    ended = run_to_end(["env"], tmp_path, {"ONLY": "this", "PATH": os.environ["PATH"]})
    assert "ONLY=this" in ended.stdout
    assert "HOME=" not in ended.stdout


def test_an_interruption_ends_the_program_and_its_children(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    threading.Thread(target=_interrupt_when_there, args=(told,), daemon=True).start()
    with pytest.raises(KeyboardInterrupt):
        run_to_end([sys.executable, "-c", WITH_A_CHILD, told], tmp_path, os.environ)
    assert _ends(int(told.read_text()))


INTERRUPTS_AGAIN = """
import os, signal, sys
parent = os.getppid()
signal.signal(signal.SIGINT, lambda *_: os.kill(parent, signal.SIGINT))
open(sys.argv[1], "w").write(str(os.getpid()))
while True:
    signal.pause()
"""


def test_a_second_interruption_leaves_no_program_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terraform, "_LAST_SECONDS", 1)
    told = tmp_path / "pid"
    handler = signal.getsignal(signal.SIGINT)
    threading.Thread(target=_interrupt_when_there, args=(told,), daemon=True).start()
    with pytest.raises(KeyboardInterrupt):
        run_to_end([sys.executable, "-c", INTERRUPTS_AGAIN, told], tmp_path, os.environ)
    pid = int(told.read_text())
    try:
        assert not psutil.pid_exists(pid)
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    assert signal.getsignal(signal.SIGINT) is handler


def _interrupt_when_there(told: Path) -> None:
    while not (told.exists() and told.read_text()):
        threading.Event().wait(0.02)
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


def _ends(pid: int) -> bool:
    """A killed process is gone, or a zombie where nobody reaps it, a moment after the signal, not with it."""
    for _ in range(500):
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        threading.Event().wait(0.02)
    return False
