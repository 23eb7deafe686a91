"""Functions served from their zips, each in processes of its own, and the zips built for this machine."""

from __future__ import annotations

import json
import platform
import threading
import zipfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from lambda_packages.build import build
from lambda_packages.target import BuildError, Target, choose_interpreter, this_architecture, unpacked_wheels
from local_aws import CannotStart
from local_aws.lambda_runtime import Configuration, ExecutionEnvironment, Runtime

# As many processes a function as a laptop bears; on AWS this is the reserved concurrency.
ENVIRONMENTS = 4
_RUNTIME_REQUIREMENTS = Path("scripts/toolchain/runtime.txt")


class PackagedFunction:
    """One function: an invocation takes an idle environment or a new one, or waits for one of the last."""

    def __init__(self, start: Callable[[], ExecutionEnvironment], limit: int = ENVIRONMENTS) -> None:
        self._start = start
        self._idle: list[ExecutionEnvironment] = []
        self._all: list[ExecutionEnvironment] = []
        self._slots = threading.BoundedSemaphore(limit)

    def invoke(self, event: bytes, request_id: str) -> bytes:
        """Raises FunctionFailed."""
        with self._slots:
            environment = self._take()
            try:
                return environment.invoke(event, request_id)
            finally:
                self._idle.append(environment)

    def stop(self) -> None:
        for environment in self._all:
            environment.stop()

    def _take(self) -> ExecutionEnvironment:
        while self._idle:
            environment = self._idle.pop()
            if environment.alive:
                return environment
        environment = self._start()
        self._all.append(environment)
        return environment


@dataclass(frozen=True)
class Packages:
    """`folder` holds the zips and their manifest, as lambda_packages builds them; `runtime` runs them."""

    folder: Path
    runtime: Runtime


class PackagedFunctions:
    """Functions that run from their packages: `by_name`. `log` gets a function's name and a line of its log."""

    def __init__(
        self, packages: Packages, names: Iterable[str], variables: Mapping[str, str], log: Callable[[str, str], None]
    ) -> None:
        """Unpacks the zips of these functions; starts no process before one is invoked. Raises CannotStart."""
        self.by_name: dict[str, PackagedFunction] = {}
        with ExitStack() as resources:
            scratch = Path(resources.enter_context(TemporaryDirectory(prefix="functions-")))
            for name in names:
                code, home = scratch / name, scratch / f"{name}.home"
                home.mkdir()
                try:
                    manifest = json.loads((packages.folder / "packages.json").read_bytes())
                    package = manifest["functions"][name]
                    with zipfile.ZipFile(packages.folder / package["zip"]) as archive:
                        archive.extractall(code)
                except (OSError, KeyError) as error:
                    raise CannotStart(f"{packages.folder} holds no package of {name}: {error}") from error
                configuration = Configuration(name, package["handler"], code, variables, manifest["python"])
                start = partial(ExecutionEnvironment, configuration, packages.runtime, home, partial(log, name))
                self.by_name[name] = PackagedFunction(start)
                resources.callback(self.by_name[name].stop)
            self._resources = resources.pop_all()

    def stop(self) -> None:
        """Ends every process and forgets the unpacked zips."""
        self._resources.close()


def packages_for_this_machine(project: Path, folder: Path, say: Callable[[str], None] = lambda line: None) -> Packages:
    """Builds a checkout's packages in `folder`, for this machine, whatever they are deployed to. Raises CannotStart."""
    if platform.system() != "Linux":
        raise CannotStart("Packages hold what Lambda's Linux runs, and nothing else can: leave --packaged out.")
    try:
        version, path = choose_interpreter(None, say)
        target = Target(this_architecture(), version)
        build(project, target, path, folder, say)
        libraries = unpacked_wheels(project / _RUNTIME_REQUIREMENTS, target, project / "build" / "lambda")
        return Packages(folder, Runtime(path, libraries))
    except BuildError as error:
        raise CannotStart(f"There are no packages to serve: {error}") from None
