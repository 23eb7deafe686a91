"""A Lambda execution environment on this machine: one process that runs one function under the real awslambdaric.

As on AWS, it takes one invocation at a time, loses its process with a crash, a timeout or too much memory, and keeps it
when the handler raises: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html.
"""

from __future__ import annotations

import json
import os
import queue
import re
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from local_aws import ACCOUNT
from local_aws.functions import FunctionFailed

INIT_SECONDS = 10
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: a synchronous answer.
LARGEST_ANSWER = 6 * 1024 * 1024
_LOOK_SECONDS = 0.02
_LOG_SECONDS = 1
_PREFIX = "/2018-06-01/runtime"
_RESULT = re.compile(rf"{_PREFIX}/invocation/([^/]+)/(response|error)")

Log = Callable[[str], None]
Outcome = bytes | FunctionFailed | None
"""Of an invocation: the handler's answer, or its failure. None: the process asks for the next invocation."""


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
        self._api = _RuntimeApi()
        self._started = time.monotonic()
        self._process = _start_process(configuration, runtime, home, self._api.server_port)
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
            self._api.put(event, request_id, self._configuration)
            outcome = self._await(self._configuration.timeout_seconds)
            if isinstance(outcome, bytes):
                return outcome
            raise outcome or FunctionFailed("Runtime.Unexpected")
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

    def _await_init(self) -> float | None:
        """Milliseconds from start to the first call for work; None when that was long ago."""
        outcome = self._await(self._configuration.timeout_seconds if self._initialised else INIT_SECONDS)
        if self._initialised:
            return None
        if isinstance(outcome, FunctionFailed):
            self.stop()
            raise FunctionFailed(f"{outcome} (init)")
        self._initialised = True
        return (time.monotonic() - self._started) * 1000

    def _await(self, seconds: float) -> Outcome:
        """The next outcome. A process that is too slow or too big is stopped, as one that is gone already."""
        limit = time.monotonic() + seconds
        while True:
            with suppress(queue.Empty):
                return self._api.outcomes.get(timeout=_LOOK_SECONDS)
            if (code := self._process.poll()) is not None and self._api.outcomes.empty():
                ending = f"signal: {signal.strsignal(-code)}" if code < 0 else f"exit status {code}"
                reason = f"Runtime.ExitError: Runtime exited with {ending}"
            elif self._megabytes() > self._configuration.memory_mb:
                reason = "Runtime.OutOfMemory: Runtime exited with signal: killed"
            elif time.monotonic() > limit:
                reason = "Sandbox.Timedout: Task timed out"
            else:
                continue
            self.stop()
            raise FunctionFailed(reason)

    def _megabytes(self) -> float:
        """Memory resident now; notes the peak, for a process that is gone has neither."""
        try:
            status = Path(f"/proc/{self._process.pid}/status").read_text()
        except OSError:
            return 0
        kilobytes = {line.split(":")[0]: line.split()[1] for line in status.splitlines() if line.startswith("Vm")}
        self._peak = max(self._peak, int(kilobytes.get("VmHWM", 0)) / 1024)
        return int(kilobytes.get("VmRSS", 0)) / 1024

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
        self._megabytes()
        metrics = {
            "durationMs": round((time.monotonic() - started) * 1000, 2),
            "memorySizeMB": self._configuration.memory_mb,
            "maxMemoryUsedMB": round(self._peak, 1),
            **({} if init_ms is None else {"initDurationMs": round(init_ms, 2)}),
        }
        record = {"requestId": request_id, "status": status, "metrics": metrics}
        self._log(json.dumps({"type": "platform.report", "record": record}))


def _start_process(configuration: Configuration, runtime: Runtime, home: Path, port: int) -> subprocess.Popen[bytes]:
    region = configuration.variables.get("AWS_REGION", "eu-west-1")
    # https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html; nothing of this process' own.
    variables = {
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
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}",
        "HOME": str(home),
        "LAMBDA_RUNTIME_DIR": str(runtime.libraries),
        "LAMBDA_TASK_ROOT": str(configuration.code),
        "PYTHONPATH": str(runtime.libraries),
        "TMPDIR": str(home),
        "_HANDLER": configuration.handler,
    }
    # -S and -s: the interpreter's own site-packages are not Lambda's, and hide a package that the zip lacks.
    return subprocess.Popen(
        [runtime.interpreter, "-S", "-s", "-m", "awslambdaric", configuration.handler],
        cwd=configuration.code,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,
        start_new_session=True,
    )


class _RuntimeApi(ThreadingHTTPServer):
    """Lambda's Runtime API for one process, on a free port of 127.0.0.1 until closed.

    The process asks for the next invocation and posts what came of it: its requests become a queue of `outcomes`.
    https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _RuntimeEndpoint)
        self.invocations: queue.SimpleQueue[tuple[bytes, dict[str, str]] | None] = queue.SimpleQueue()
        self.outcomes: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self.current: str | None = None
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def put(self, event: bytes, request_id: str, function: Configuration) -> None:
        """Hands the next invocation to the process."""
        self.current = request_id
        region = function.variables.get("AWS_REGION", "local")
        # https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
        root = f"1-{int(time.time()):08x}-{os.urandom(12).hex()}"
        headers = {
            "Lambda-Runtime-Aws-Request-Id": request_id,
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + function.timeout_seconds) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": f"arn:aws:lambda:{region}:{ACCOUNT}:function:{function.name}",
            "Lambda-Runtime-Trace-Id": f"Root={root};Parent={os.urandom(8).hex()};Sampled=0",
        }
        self.invocations.put((event, headers))

    def close(self) -> None:
        self.invocations.put(None)
        self.shutdown()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """A process that was stopped leaves its connection half-way: who stopped it knows. The rest is a fault."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _RuntimeEndpoint(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _RuntimeApi

    def do_GET(self) -> None:
        if self.path != f"{_PREFIX}/invocation/next":
            return self._refuse(HTTPStatus.NOT_FOUND, "InvalidPath")
        self.server.outcomes.put(None)
        invocation = self.server.invocations.get()
        if invocation is None:
            self.close_connection = True
            return None
        return self._send(HTTPStatus.OK, *invocation)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        result = _RESULT.fullmatch(self.path)
        if self.path != f"{_PREFIX}/init/error" and (not result or result[1] != self.server.current):
            return self._refuse(HTTPStatus.BAD_REQUEST, "InvalidRequestID")
        outcome: Outcome = body
        if len(body) > LARGEST_ANSWER:
            outcome = FunctionFailed("Function.ResponseSizeTooLarge")
        elif not result or result[2] == "error":
            try:
                outcome = FunctionFailed(str(json.loads(body)["errorType"]))
            except (ValueError, LookupError, TypeError):
                outcome = FunctionFailed("Unhandled")
        # Queued before it is acknowledged: the process may end as soon as it is.
        self.server.outcomes.put(outcome)
        if len(body) > LARGEST_ANSWER:
            return self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "RequestEntityTooLarge")
        return self._send(HTTPStatus.ACCEPTED, b'{"status":"OK"}')

    def _refuse(self, status: HTTPStatus, error_type: str) -> None:
        self._send(status, json.dumps({"errorMessage": status.phrase, "errorType": error_type}).encode())

    def _send(self, status: HTTPStatus, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Logs nothing: what a function does is in its own log."""
