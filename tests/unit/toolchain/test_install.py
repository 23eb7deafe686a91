from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from scripts.toolchain import install


@pytest.fixture
def wanted(tmp_path: Path) -> Path:
    """What is asked for."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "wanted.txt").write_text("package==1\n")
    return tmp_path / "wanted.txt"


def installs(wanted: Path) -> bool:
    """Whether the folder beside what is wanted is installed anew."""
    called: list[bool] = []
    install.up_to_date(wanted.parent / "folder", wanted, lambda: called.append(True))
    return bool(called)


def test_what_was_installed_is_installed_once(wanted: Path) -> None:
    assert installs(wanted)
    assert not installs(wanted)


def test_another_wish_is_installed_anew(wanted: Path) -> None:
    installs(wanted)
    wanted.write_text("package==2\n")
    assert installs(wanted)


def test_an_interrupted_installation_is_done_again(wanted: Path) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    installs(wanted)
    wanted.write_text("package==2\n")
    with pytest.raises(KeyboardInterrupt):
        install.up_to_date(wanted.parent / "folder", wanted, interrupted)
    wanted.write_text("package==1\n")
    assert installs(wanted)


@pytest.mark.parametrize(
    ("program", "says", "major"),
    [("node", "echo v20.1.0", 20), ("java", "echo 'openjdk version \"17.0.15\"' >&2", 17), ("old", "exit 1", 0)],
)
def test_a_version_is_read_from_what_a_program_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, says: str, major: int
) -> None:
    (tmp_path / program).write_text(f"#!/bin/sh\n{says}\n")
    (tmp_path / program).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert install.major(program, "--version") == major
    assert install.major("no-such-program", "--version") == 0


def test_a_failed_installation_shows_pips_own_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "wanted.txt").write_text("no-such-package==1 --hash=sha256:00\n")
    python = install.VENV / "bin" / "python"
    with pytest.raises(SystemExit):
        install.pip_install(python, tmp_path / "wanted.txt", "--no-index")
    assert "could not be installed" in capsys.readouterr().err


def test_two_installations_wait_for_each_other(wanted: Path) -> None:
    folder = wanted.parent / "folder"
    code = f"from scripts.toolchain import install; import pathlib; c = install.alone(pathlib.Path({str(folder)!r}))"
    with install.alone(folder):
        other = subprocess.Popen(
            [install.VENV / "bin" / "python", "-c", f"{code}; c.__enter__(); print('entered')"],
            cwd=install.PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert other.stderr is not None
        assert other.stderr.readline() == "Another script is installing; waiting for it\n"
        assert other.poll() is None
    out, _ = other.communicate()
    assert out == "entered\n"
