"""`scripts/serve` in a process of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Served:
    """`url` is the gateway's, without a slash at its end; `pid` is the process."""

    url: str
    pid: int

    def token(self, *groups: str) -> str:
        """A token of a user in these groups."""
        return str(self._local("token", {"groups": groups})["idToken"])

    def disagreements(self) -> dict[str, Any]:
        """What the second validator says: the number of `exchanges` validated, and the `count` that it disagrees on."""
        return self._local("disagreements")

    def _local(self, name: str, content: dict[str, Iterable[str]] | None = None) -> dict[str, Any]:
        body = None if content is None else json.dumps(content).encode()
        with urlopen(Request(f"{self.url}/_local/{name}", body)) as response:
            return dict(json.load(response))


@contextmanager
def served(folder: Path, *arguments: str, root: Path = ROOT) -> Iterator[Served]:
    """`scripts/serve` on a free port, with the seeded catalogue in memory, for as long as the `with` block runs.

    It keeps its files and its log in `folder`; `root` is the checkout to serve.
    """
    log = folder / "serve.log"
    command = [sys.executable, "-m", "local_server", "--port", "0", "--data", str(folder), *arguments]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(root / "src"), str(root)))}
    with log.open("wb") as errors:
        process = subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True)
    with process:
        try:
            yield Served(_url(process, log), process.pid)
        finally:
            process.send_signal(signal.SIGINT)


def _url(process: subprocess.Popen[str], log: Path) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if url := re.search(r"http://127\.0\.0\.1:[0-9]+", line):
            return url.group()
    raise RuntimeError(f"scripts/serve did not start:\n{log.read_text()}")
