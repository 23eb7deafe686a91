"""The process that stands for a Lambda execution environment: what it is started with, and how it fares."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local_aws.proxy_event import ACCOUNT


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
    """What Lambda's image brings along: the interpreter, and the folder that holds awslambdaric."""

    interpreter: Path
    libraries: Path


def start(configuration: Configuration, runtime: Runtime, home: Path, api: str) -> subprocess.Popen[bytes]:
    """-S and -s: the interpreter's own site-packages are not Lambda's, and hide a package that the zip lacks."""
    return subprocess.Popen(
        [runtime.interpreter, "-S", "-s", "-m", "awslambdaric", configuration.handler],
        cwd=configuration.code,
        env=_variables(configuration, runtime, home, api),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
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


def ending(code: int) -> str:
    """How a process ended, in Lambda's words."""
    return f"signal: {signal.strsignal(-code)}" if code < 0 else f"exit status {code}"


def memory(pid: int) -> tuple[float, float]:
    """Megabytes resident now and at most. A process that is gone has none."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0, 0
    kilobytes = {line.split(":")[0]: line.split()[1] for line in text.splitlines() if line.startswith("Vm")}
    return int(kilobytes.get("VmRSS", 0)) / 1024, int(kilobytes.get("VmHWM", 0)) / 1024
