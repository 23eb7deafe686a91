"""A Lambda execution environment on this machine: one process that runs one function under the real awslambdaric.

As on AWS, it takes one invocation at a time, loses its process with a crash, a timeout or too much memory, and keeps it
when the handler raises: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from local_aws.functions import FunctionFailed
from local_aws.lambda_process import Configuration, Runtime, ending, memory, start
from local_aws.runtime_api import Answered, Failed, Invocation, Outcome, RuntimeApi

INIT_SECONDS = 10
_LOOK_SECONDS = 0.02
_TOO_LATE = "Sandbox.Timedout: Task timed out"

Log = Callable[[str], None]


class Environment:
    """One process, from init to its end."""

    def __init__(self, configuration: Configuration, runtime: Runtime, home: Path, log: Log) -> None:
        """Starts the process and leaves it to initialise itself. `home` is a folder of its own."""
        self._configuration = configuration
        self._log = log
        self._api = RuntimeApi()
        self._started = time.monotonic()
        self._process = start(configuration, runtime, home, self._api.address)
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
            return f"Runtime.ExitError: Runtime exited with {ending(self._process.returncode)}"
        if self._memory() > self._configuration.memory_mb:
            return "Runtime.OutOfMemory: Runtime exited with signal: killed"
        return None

    def _memory(self) -> float:
        """Megabytes resident now; keeps the peak, for a process that is gone tells nothing any more."""
        now, peak = memory(self._process.pid)
        self._peak = max(self._peak, peak)
        return now

    def _copy_log(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                self._log(line.decode(errors="replace").rstrip("\r\n"))

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


def _trace_id() -> str:
    """https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader."""
    root = f"1-{int(time.time()):08x}-{os.urandom(12).hex()}"
    return f"Root={root};Parent={os.urandom(8).hex()};Sampled=0"
