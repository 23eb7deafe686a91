from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from rehearsal import terraform
from rehearsal.terraform import run_to_end

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
