"""A Lambda execution environment on this machine: one process that runs one function under the real awslambdaric.

As on AWS, it takes one invocation at a time, loses its process with a crash, a timeout or too much memory, and keeps it
when the handler raises: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html.
"""

from __future__ import annotations

import json
import os
import queue
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from local_aws.functions import FunctionFailed
from local_aws.proxy_event import ACCOUNT
from local_aws.runtime_api import Answered, Failed, Invocation, Outcome, RuntimeApi

INIT_SECONDS = 10
_LOOK_SECONDS = 0.02
_LOG_SECONDS = 1
_TOO_LATE = "Sandbox.Timedout: Task timed out"

Log = Callable[[str], None]


@dataclass(frozen=True)
class Configuration:
    """A function as Lambda's configuration describes it. `code` is the unpacked zip."""

    name: str
    handler: str
    code: Path
    variables: Mapping[str, str]
    python: str = "3.13"
    memory_mb: int = 256
    timeout_seconds: float = 30

    @property
    def arn(self) -> str:
        return f"arn:aws:lambda:{self.variables.get('AWS_REGION', 'local')}:{ACCOUNT}:function:{self.name}"


@dataclass(frozen=True)
class Runtime:
    """The parts of Lambda's image: the interpreter, and the folder that holds awslambdaric."""

    interpreter: Path
    libraries: Path


class ExecutionEnvironment:
    """An execution environment: one process, from init to its end."""

    def __init__(self, configuration: Configuration, runtime: Runtime, home: Path, log: Log) -> None:
        """Starts the process and leaves it to initialise itself. `home` is a folder of its own."""
        self._configuration = configuration
        self._log = log
        self._logging = threading.Lock()
        self._api = RuntimeApi()
        self._started = time.monotonic()
        self._process = _start_process(configuration, runtime, home, self._api.address)
        self._reader = threading.Thread(target=self._copy_log, daemon=True)
        self._reader.start()
        self._initialised = False
        self._stopped = False
        self._peak = 0.0

    @property
    def alive(self) -> bool:
        """False when the process is gone; the next invocation then needs a new environment."""
        return self._process.poll() is None

    def invoke(self, event: bytes, request_id: str) -> bytes:
        """The handler's answer, as JSON. Raises FunctionFailed."""
        init_ms, started, status = None, time.monotonic(), "success"
        try:
            init_ms = self._await_init()
            started = time.monotonic()
            return self._ask(event, request_id)
        except FunctionFailed as failure:
            status = str(failure)
            raise
        finally:
            self._await_log()
            self._report(request_id, status, started, init_ms)

    def stop(self) -> None:
        """Ends the process and whatever it started. Once: its number may be another's by the next time."""
        if self._stopped:
            return
        self._stopped = True
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._reader.join(timeout=1)
        self._api.close()

    def _ask(self, event: bytes, request_id: str) -> bytes:
        seconds = self._configuration.timeout_seconds
        deadline = int((time.time() + seconds) * 1000)
        self._api.invocations.put(Invocation(request_id, event, deadline, self._configuration.arn, _trace_id()))
        outcome = self._await(seconds, _TOO_LATE)
        if isinstance(outcome, Answered):
            return outcome.body
        raise FunctionFailed(outcome.error_type if isinstance(outcome, Failed) else "Runtime.Unexpected")

    def _await_init(self) -> float | None:
        """Milliseconds from start to the first call for work; None when that was long ago."""
        if self._initialised:
            self._await(self._configuration.timeout_seconds, _TOO_LATE)
            return None
        outcome = self._await(INIT_SECONDS, _TOO_LATE)
        if isinstance(outcome, Failed):
            self.stop()
            raise FunctionFailed(f"{outcome.error_type} (init)")
        self._initialised = True
        return (time.monotonic() - self._started) * 1000

    def _await(self, seconds: float, too_late: str) -> Outcome:
        """The next outcome. A process that is too slow or too big is stopped, as one that is gone already."""
        limit = time.monotonic() + seconds
        while True:
            with suppress(queue.Empty):
                return self._api.outcomes.get(timeout=_LOOK_SECONDS)
            reason = self._lost() or (too_late if time.monotonic() > limit else None)
            if reason:
                self.stop()
                raise FunctionFailed(reason)

    def _lost(self) -> str | None:
        if self._process.poll() is not None and self._api.outcomes.empty():
            return f"Runtime.ExitError: Runtime exited with {_ending(self._process.returncode)}"
        if self._memory() > self._configuration.memory_mb:
            return "Runtime.OutOfMemory: Runtime exited with signal: killed"
        return None

    def _memory(self) -> float:
        """Megabytes resident now; keeps the peak, for a process that is gone tells nothing any more."""
        now, peak = _memory_of(self._process.pid)
        self._peak = max(self._peak, peak)
        return now

    def _copy_log(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as pipe:
            rest = b""
            while select.select([pipe], [], []):
                with self._logging:
                    if not (printed := os.read(pipe.fileno(), 65536)):
                        break
                    *lines, rest = (rest + printed).split(b"\n")
                    for line in lines:
                        self._log(line.decode(errors="replace").rstrip("\r"))
        if rest:
            self._log(rest.decode(errors="replace"))

    def _await_log(self) -> None:
        """Returns when all is logged that was printed before the answer: that is in the pipe by now, or was read."""
        pipe, limit = self._process.stdout, time.monotonic() + _LOG_SECONDS
        assert pipe is not None
        while self._reader.is_alive() and time.monotonic() < limit:
            with self._logging, suppress(ValueError):  # The pipe is closed after the last line.
                if not select.select([pipe], [], [], 0)[0]:
                    return
            time.sleep(0.001)

    def _report(self, request_id: str, status: str, started: float, init_ms: float | None) -> None:
        """https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report."""
        self._memory()
        metrics = {
            "durationMs": round((time.monotonic() - started) * 1000, 2),
            "memorySizeMB": self._configuration.memory_mb,
            "maxMemoryUsedMB": round(self._peak, 1),
            **({} if init_ms is None else {"initDurationMs": round(init_ms, 2)}),
        }
        record = {"requestId": request_id, "status": status, "metrics": metrics}
        self._log(json.dumps({"type": "platform.report", "record": record}))


def _start_process(configuration: Configuration, runtime: Runtime, home: Path, api: str) -> subprocess.Popen[bytes]:
    """-S and -s: the interpreter's own site-packages are not Lambda's, and hide a package that the zip lacks."""
    return subprocess.Popen(
        [runtime.interpreter, "-S", "-s", "-m", "awslambdaric", configuration.handler],
        cwd=configuration.code,
        env=_variables(configuration, runtime, home, api),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,
        start_new_session=True,
    )


def _variables(configuration: Configuration, runtime: Runtime, home: Path, api: str) -> dict[str, str]:
    """https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html; nothing of this process' own."""
    region = configuration.variables.get("AWS_REGION", "eu-west-1")
    return {
        "AWS_DEFAULT_REGION": region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_python{configuration.python}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(configuration.memory_mb),
        "AWS_LAMBDA_FUNCTION_NAME": configuration.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{configuration.name}",
        "AWS_LAMBDA_LOG_LEVEL": "INFO",
        "AWS_LAMBDA_LOG_STREAM_NAME": "local",
        "AWS_REGION": region,
        "LANG": "en_US.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "TZ": ":UTC",
        **configuration.variables,
        # Last, because nobody may set these. HOME keeps a developer's ~/.aws out of the function's sight.
        "AWS_LAMBDA_RUNTIME_API": api,
        "HOME": str(home),
        "LAMBDA_RUNTIME_DIR": str(runtime.libraries),
        "LAMBDA_TASK_ROOT": str(configuration.code),
        "PYTHONPATH": str(runtime.libraries),
        "TMPDIR": str(home),
        "_HANDLER": configuration.handler,
    }


def _ending(code: int) -> str:
    """How a process ended, in Lambda's words."""
    return f"signal: {signal.strsignal(-code)}" if code < 0 else f"exit status {code}"


def _memory_of(pid: int) -> tuple[float, float]:
    """Megabytes resident now and at most. A process that is gone has none."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0, 0
    kilobytes = {line.split(":")[0]: line.split()[1] for line in text.splitlines() if line.startswith("Vm")}
    return int(kilobytes.get("VmRSS", 0)) / 1024, int(kilobytes.get("VmHWM", 0)) / 1024


def _trace_id() -> str:
    """https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader."""
    root = f"1-{int(time.time()):08x}-{os.urandom(12).hex()}"
    return f"Root={root};Parent={os.urandom(8).hex()};Sampled=0"
