"""`scripts/test`: the project's checks and tests, in parts that run side by side."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
LOGS = PROJECT / "build" / "test"
INCOMPLETE = 77  # As automake has it. pytest and others use the small numbers.
PYTEST = ("python", "-m", "pytest")
SHOW_PROGRESS_SECONDS = 30


@dataclass(frozen=True)
class Part:
    """Commands that run one after another until one fails; `needs` names programs that a person installs."""

    name: str
    about: str
    commands: tuple[tuple[str, ...], ...]
    needs: tuple[str, ...] = ()
    long: bool = False
    """Whether it runs only when it is named."""
    measured: bool = False
    """Whether the part coverage adds up what its tests have run of src."""


@dataclass
class Run:
    """A part's run: its exit status, None as long as it has none, and its seconds."""

    part: Part
    status: int | None = None
    seconds: float = 0.0
    log: Path = field(init=False)

    def __post_init__(self) -> None:
        self.log = LOGS / f"{self.part.name}.log"


REDOCLY = ("scripts/toolchain/node_modules/.bin/redocly", "lint", "openapi/products.yaml")

# The longest begin first, after the quick ones that most often fail.
PARTS = (
    Part("lint", "formatting and lint: ruff", (
        ("python", "-m", "ruff", "format", "--no-cache", "--check", "."),
        ("python", "-m", "ruff", "check", "--no-cache", "."),
    )),
    Part("imports", "who may import whom: import-linter", (("lint-imports", "--no-logo"),)),
    Part("types", "types: mypy, strict", (("python", "-m", "mypy", "src", "scripts/toolchain"),)),
    Part("generated", "the contract compiles, and generated/ is what it compiles to", (
        ("scripts/generate", "--check"),
    )),
    Part("stress", "the data layer under races, lost answers and kills", (
        (*PYTEST, "tests/integration/stress", "--capture=no"),
    ), long=True),
    Part("integration", "tests of what runs together: the local gateway, the database engines", (
        (*PYTEST, "tests/integration", "--ignore=tests/integration/stress"),
    )),
    Part("rehearsal", "the whole deployment, without AWS: Terraform, the zips, the gateway from what was deployed", (
        (*PYTEST, "tests/deployment/rehearsal", "-m", "not failover", "--capture=no"),
    ), needs=("terraform",), measured=True),
    Part("contract", "the contract by other validators: OpenAPI's own schema, Redocly, openapi-core, the models", (
        ("python", "-m", "openapi_spec_validator", "openapi/products.yaml"),
        (*PYTEST, "tests/contract", "--ignore=tests/contract/fuzz"),
        # Redocly passes a document that has warnings, unless its rules are all errors.
        (*REDOCLY, "--config", "openapi/redocly.yaml", "--extends", "recommended-strict"),
    )),
    Part("fuzz", "schemathesis against the local gateway", ((*PYTEST, "tests/contract/fuzz", "--capture=no"),)),
    Part("unit", "tests of one package at a time", ((*PYTEST, "tests/unit"),), measured=True),
    Part("deployment", "the Terraform stack: format, validity, its own tests, the plan of each environment", (
        (*PYTEST, "tests/deployment", "--ignore=tests/deployment/rehearsal", "--ignore=tests/deployment/workflows",
         "-m", "not failover"),
    ), needs=("terraform",)),
    Part("workflows", "the workflows and every shell script: GitHub's schemas, actionlint, zizmor, shellcheck", (
        (*PYTEST, "tests/deployment/workflows"),
    )),
    # A clone without history has nothing to compare with; the workflow's own job fetches all of it.
    Part("contract-diff", "what the contract's change since its last release means to clients", (
        ("scripts/contract_diff",),
    )),
    Part("clients", "what client teams are given, by their own tools and in a browser", (
        ("python", "scripts/toolchain/install.py", "clients"), (*PYTEST, "tests/clients"),
    ), long=True),
    Part("failover", "rehearsals of bad releases, sabotage and the runbooks; a second resource; the benchmark", (
        (*PYTEST, "tests/deployment", "-m", "failover", "--capture=no"), (*PYTEST, "tests/performance"),
    ), needs=("terraform",), long=True),
)  # fmt: skip
COVERAGE = Part("coverage", "how much of src unit and rehearsal have run, branches included", (
    ("python", "-m", "coverage", "combine", "--quiet", "--keep", "--data-file=build/coverage/all",
     *(f"build/coverage/{part.name}" for part in PARTS if part.measured)),
    ("python", "-m", "coverage", "report", "--data-file=build/coverage/all"),
))  # fmt: skip

HELP = f"""\
scripts/test [--jobs N] [PART...]
scripts/test quick
scripts/test PATH...

Runs the parts that are named, or all but those marked with * below, which take long. They are:
{{parts}}
Several run side by side; each one's output is shown when it ends, and kept in build/test.
  quick    between two edits: lint, imports, types, generated, and the unit tests of the packages that differ from main
  PATH     runs pytest on files, folders or single tests (tests/unit/contract, FILE::TEST), with pytest's own options
  --jobs N how many parts run at once (default: {{jobs}}; some of them mostly wait)
The exit status is
  0   all passed
  1   a part failed
  2   there is no such part or option
  {INCOMPLETE}  none failed, but some could not run for want of a tool (where CI is true, that is a failure)
"""


def main(arguments: Sequence[str]) -> int:
    processors = os.cpu_count() or 1
    jobs = processors + 2 if processors < 4 else 6
    if any("/" in each or ".py" in each for each in arguments):
        return subprocess.run([*environment_command(PYTEST), *arguments], check=False).returncode
    parser = argparse.ArgumentParser("scripts/test", add_help=False)
    parser.add_argument("--help", action="store_true")
    parser.add_argument("--jobs", type=int, default=jobs)
    parser.add_argument("parts", nargs="*")
    options = parser.parse_args(arguments)
    if options.help:
        rows = (f"  {part.name:<13} {part.about}{' *' if part.long else ''}" for part in (*PARTS, COVERAGE))
        print(HELP.format(parts="\n".join(rows), jobs=jobs))
        return 0
    if not 1 <= options.jobs <= 99:
        parser.error("--jobs takes a number from 1 to 99")
    named = set(options.parts)
    if unknown := named - {"quick", *(part.name for part in (*PARTS, COVERAGE))}:
        parser.error(f"there is no part or path {', '.join(sorted(unknown))} (scripts/test --help lists the parts)")
    parts = quick() if named == {"quick"} else chosen(named)
    return run_all(parts, options.jobs, coverage=not named or "coverage" in named)


def chosen(named: set[str]) -> list[Part]:
    """The parts to run side by side. Coverage needs those that it measures."""
    if not named:
        shallow = output("git", "-C", str(PROJECT), "rev-parse", "--is-shallow-repository") != "false"
        if shallow:
            say("contract-diff NOT COMPARED: this is no clone with its whole history (git fetch --unshallow).")
        return [part for part in PARTS if not part.long and not (shallow and part.name == "contract-diff")]
    return [part for part in PARTS if part.name in named or ("coverage" in named and part.measured)]


def quick() -> list[Part]:
    """What takes seconds, and the unit tests of what differs from the main branch."""
    git = ("git", "-C", str(PROJECT))
    base = output(*git, "merge-base", "HEAD", "origin/main") or output(*git, "merge-base", "HEAD", "main") or "HEAD"
    changed = [*output(*git, "diff", "--name-only", base).splitlines(),
               *output(*git, "ls-files", "--others", "--exclude-standard").splitlines()]  # fmt: skip
    tests = {path for path in changed if path.startswith("tests/") and Path(path).name.startswith("test_")}
    tests |= {f"tests/unit/{path.split('/')[1]}" for path in changed if path.startswith("src/")}
    parts = [part for part in PARTS if part.name in {"lint", "imports", "types", "generated"}]
    if there := sorted(path for path in tests if (PROJECT / path).exists()):
        parts.append(Part("touched", f"the tests of what has changed: {' '.join(there)}", ((*PYTEST, "-q", *there),)))
    return parts


def output(*command: str) -> str:
    """What the command prints; nothing when it fails."""
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def run_all(parts: Sequence[Part], jobs: int, *, coverage: bool) -> int:
    ci = os.environ.get("CI") == "true"
    missing = {need: [part.name for part in parts if need in part.needs]
               for part in parts for need in part.needs if shutil.which(need) is None}  # fmt: skip
    for need, users in missing.items():
        say(f"{need} was not found: {', '.join(users)} cannot run in full.")
    if missing and ci:
        return 1
    shutil.rmtree(LOGS, ignore_errors=True)
    LOGS.mkdir(parents=True)
    runs = [Run(part) for part in parts]
    side_by_side(runs, jobs)
    if coverage:
        last = Run(COVERAGE)
        run(last, Processes())
        show(last)
        runs.append(last)
    failed = [each for each in runs if each.status]
    incomplete = [each for each in runs if not each.status and set(each.part.needs) & missing.keys()]
    print()
    for each in runs:
        result = "FAILED" if each.status else "INCOMPLETE: a tool is missing" if each in incomplete else "passed"
        print(f"{each.part.name:<13} {each.seconds:4.0f} s  {result}")
    passed = len(runs) - len(failed) - len(incomplete)
    print(f"parts: {passed} passed, {len(failed)} failed, {len(incomplete)} skipped")
    return 1 if failed else INCOMPLETE if incomplete else 0


class Processes:
    """The commands that run at the moment, each in a process group of its own, and a way to end them all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self.ended = False

    def run(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> int:
        with log.open("ab") as file:
            with self._lock:
                if self.ended:
                    return -signal.SIGINT
                process = subprocess.Popen(
                    environment_command(command), cwd=PROJECT, env=environment, stdin=subprocess.DEVNULL, stdout=file,
                    stderr=subprocess.STDOUT, start_new_session=True,
                )  # fmt: skip
                self._running.add(process)
            status = process.wait()
            with self._lock:
                self._running.discard(process)
            return status

    def end(self) -> None:
        """Interrupts all of them, then terminates, then kills. pytest cleans up when it is interrupted only."""
        with self._lock:
            self.ended = True
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            for process in list(self._running):
                try:
                    os.killpg(process.pid, number)
                except ProcessLookupError:
                    continue
            deadline = time.monotonic() + 10
            while self._running and time.monotonic() < deadline:
                time.sleep(0.1)


def environment_command(command: Sequence[str]) -> list[str]:
    """The command with its program from .venv, where that has it."""
    program = PROJECT / ".venv" / "bin" / command[0]
    return [str(program) if program.exists() else command[0], *command[1:]]


def run(this: Run, processes: Processes) -> Run:
    begin = time.monotonic()
    environment = {**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    this.log.touch()
    for command in this.part.commands:
        if this.part.measured:
            environment["COVERAGE_FILE"] = f"build/coverage/{this.part.name}"
            status = processes.run([*command, "--cov", "--cov-report=", "--cov-fail-under=0"], environment, this.log)
        else:
            status = processes.run(command, environment, this.log)
        if status:
            break
    this.seconds, this.status = time.monotonic() - begin, status
    return this


def side_by_side(runs: Iterable[Run], jobs: int) -> None:
    """Runs them, shows each one's output when it ends, and every half minute what has not ended."""
    processes = Processes()
    pool = ThreadPoolExecutor(jobs)
    begin = time.monotonic()
    waiting = {pool.submit(run, each, processes): each for each in runs}
    try:
        while waiting:
            ended, _ = wait(waiting, timeout=SHOW_PROGRESS_SECONDS, return_when=FIRST_COMPLETED)
            for future in ended:
                show(future.result())
                del waiting[future]
            if waiting and not ended:
                running = " ".join(each.part.name for each in waiting.values() if each.log.exists())
                say(f"   {time.monotonic() - begin:.0f} s: {running} ...")
    finally:
        processes.end()
        pool.shutdown(cancel_futures=True)


def show(this: Run) -> None:
    print(f"\n== {this.part.name}: {this.part.about}", flush=True)
    print(this.log.read_text(encoding="utf-8", errors="replace"), end="", flush=True)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        raise SystemExit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        raise SystemExit(130) from None
