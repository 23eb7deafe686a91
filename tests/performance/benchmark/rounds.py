"""Measures several subjects side by side: one sample of each a round, so that a slow minute slows them all."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

Name = TypeVar("Name")
Say = Callable[[str], None]


@dataclass(frozen=True)
class Sample:
    """One run. Times in milliseconds; `memory` is the peak in MiB; what was not measured is 0."""

    wall: float
    cpu: float = 0
    memory: float = 0
    modules: int = 0


@dataclass(frozen=True)
class Figures:
    """What the samples of one subject come to; `samples` are their times, wall and CPU, round by round."""

    median: float
    minimum: float
    cpu: float
    memory: float
    modules: int
    samples: tuple[tuple[float, float], ...]


def ratio(figures: Figures, base: Figures) -> float:
    """The first one's CPU time in the other's: the median of the rounds' ratios."""
    return statistics.median(one / other for (_, one), (_, other) in zip(figures.samples, base.samples, strict=True))


def interleaved(subjects: Mapping[Name, Callable[[], Sample]], rounds: int, say: Say) -> dict[Name, Figures]:
    """Every subject once a round, every other round backwards; a first round goes unrecorded: it warms the caches."""
    samples: dict[Name, list[Sample]] = {name: [] for name in subjects}
    order = list(subjects)
    for number in range(rounds + 1):
        say(f"round {number} of {rounds}" if number else "warming up")
        for name in order:
            sample = subjects[name]()
            if number:
                samples[name].append(sample)
        order.reverse()
    return {name: _figures(each) for name, each in samples.items()}


def _figures(samples: list[Sample]) -> Figures:
    walls = [sample.wall for sample in samples]
    return Figures(
        median=statistics.median(walls),
        minimum=min(walls),
        cpu=statistics.median(sample.cpu for sample in samples),
        memory=max(sample.memory for sample in samples),
        modules=samples[-1].modules,
        samples=tuple((sample.wall, sample.cpu) for sample in samples),
    )
