"""Cold starts: whole processes, from spawn to the end of the first answered request. Page cache warm."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.performance.benchmark import events, import_times, report
from tests.performance.benchmark.bars import Bar
from tests.performance.benchmark.database import dynamodb
from tests.performance.benchmark.rounds import Figures, Sample, Say, interleaved
from tests.performance.benchmark.subjects import ISOLATED, PROGRAMS, PROJECT, WITH_CONTRACT, Subject

_BARE, _OURS, _CONTRACT = "bare boto3", "create_product", "src/contract"
_COLUMNS = ["median ms", "min ms", "CPU ms", "ratio", "CPU ratio", "peak MiB", "zip MB", "files", "modules"]
_MEGABYTE = 1_000_000
Results = tuple[dict[str, Figures], dict[str, str]]


class ColdStarts:
    """Starts subjects with one interpreter against one database endpoint. `scratch` is a folder for the events."""

    def __init__(self, interpreter: Path, endpoint: str, scratch: Path) -> None:
        self._interpreter = interpreter
        self._endpoint = endpoint
        self._scratch = scratch
        for name, event in events.FIRST_REQUESTS.items():
            (scratch / f"{name}.json").write_text(json.dumps(event))

    def run(self, subject: Subject) -> Sample:
        """A whole process."""
        return self._sample(subject, "cold_run.py", subject.handler)

    def added(self, subject: Subject) -> Sample:
        """What src/contract adds where boto3 is loaded and has answered."""
        return self._sample(subject, "added_run.py")

    def import_times(self, subject: Subject) -> str:
        """What -X importtime says of one run."""
        with self._start(subject, ["-X", "importtime"], "cold_run.py", subject.handler) as process:
            return process.communicate()[1]

    def _sample(self, subject: Subject, *program: str) -> Sample:
        started = time.perf_counter()
        with self._start(subject, [], *program) as process:
            assert process.stdout is not None
            line = process.stdout.readline()
            wall = (time.perf_counter() - started) * 1000
            memory = _peak_memory(process.pid)
            process.communicate()
        told = json.loads(line or '{"status": "nothing"}')
        if told["status"] not in {200, 201, 204}:
            raise RuntimeError(f"{subject.name} answers {told['status']}")
        return Sample(told.get("wall", wall), told["cpu"], memory, told["modules"])

    def _start(self, subject: Subject, options: Sequence[str], program: str, *arguments: str) -> subprocess.Popen[str]:
        event = self._scratch / f"{subject.event}.json"
        command: list[str | Path] = [self._interpreter, *ISOLATED, *options]
        command += [PROGRAMS / program, *arguments, event]
        pipe = subprocess.PIPE
        errors = pipe if options else None
        variables = self._variables(subject)
        return subprocess.Popen(command, env=variables, stdin=pipe, stdout=pipe, stderr=errors, text=True)

    def _variables(self, subject: Subject) -> dict[str, str]:
        return subject.variables() | {
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL_DYNAMODB": self._endpoint,
            "AWS_SECRET_ACCESS_KEY": "local",
            "HOME": str(self._scratch),
        }


def measure(subjects: Sequence[Subject], interpreter: Path, rounds: int, say: Say) -> Results:
    """Figures by subject and of what src/contract adds, and the import times of the bare and of our create."""
    with dynamodb() as endpoint, TemporaryDirectory() as scratch:
        starts = ColdStarts(interpreter, endpoint, Path(scratch))
        runs = {each.name: partial(starts.run, each) for each in subjects}
        checked = next(each for each in subjects if each.name == WITH_CONTRACT)
        figures = interleaved({**runs, _CONTRACT: partial(starts.added, checked)}, rounds, say)
        timed = [each for each in subjects if each.name in {_BARE, _OURS}]
        return figures, {each.name: starts.import_times(each) for each in timed}


def show(subjects: Sequence[Subject], results: Results, out: Path) -> bool:
    """Prints everything, writes the JSON, and says whether every bar is met."""
    figures, imports = results
    print(_table(subjects, figures), end="\n\n")
    print(import_times.table({name: import_times.by_package(text) for name, text in imports.items()}), end="\n\n")
    bars = _bars(subjects, figures)
    print(*bars, sep="\n")
    zips = {each.name: {"zip": {"bytes": each.size, "files": each.files}} for each in subjects}
    report.write_json(out, {name: {**asdict(each), **zips.get(name, {})} for name, each in figures.items()}, bars)
    return all(bar.passed for bar in bars)


def _table(subjects: Sequence[Subject], figures: Mapping[str, Figures]) -> str:
    heading = ["cold start", *_COLUMNS]
    bare = figures[_BARE]
    rows = []
    for subject in subjects:
        its = figures[subject.name]
        times = [f"{its.median:.0f}", f"{its.minimum:.0f}", f"{its.cpu:.0f}"]
        ratios = [f"{its.median / bare.median:.2f}", f"{its.cpu / bare.cpu:.2f}"]
        sizes = [f"{its.memory:.1f}", f"{subject.size / _MEGABYTE:.2f}", str(subject.files), str(its.modules)]
        rows.append([subject.name, *times, *ratios, *sizes])
    its = figures[_CONTRACT]
    times = [f"{each:.1f}" for each in (its.median, its.minimum, its.cpu)]
    ratios = [f"{its.median / bare.median:.2f}", f"{its.cpu / bare.cpu:.2f}"]
    rows.append([f"{_CONTRACT} over bare boto3", *times, *ratios, *[""] * 4])
    return report.table(heading, rows)


def _bars(subjects: Sequence[Subject], figures: Mapping[str, Figures]) -> list[Bar]:
    ours = [each for each in subjects if (PROJECT / "generated/operations" / f"{each.name}.json").is_file()]
    return [
        Bar("create, cold, times the bare boto3 handler", figures[_OURS].median / figures[_BARE].median, 1.0),
        Bar("src/contract over bare boto3, cold, milliseconds", figures[_CONTRACT].median, 15),
        Bar("largest zip, MB", max(each.size for each in ours) / _MEGABYTE, 11),
        Bar("peak memory, MiB", max(figures[each.name].memory for each in ours), 64),
    ]


def _peak_memory(pid: int) -> float:
    """MiB; 0 where there is no /proc. Not getrusage: that remembers the parent's size from before exec."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    peak = re.search(r"^VmHWM:\s+(\d+)", status, re.MULTILINE)
    return int(peak[1]) / 1024 if peak else 0
