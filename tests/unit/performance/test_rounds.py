from __future__ import annotations

from tests.performance.benchmark.rounds import Sample, interleaved


def test_subjects_take_turns_and_the_first_round_is_not_recorded() -> None:
    order: list[str] = []
    walls = iter([100, 100, 1, 10, 20, 3, 2, 40])

    def run(name: str) -> Sample:
        order.append(name)
        return Sample(next(walls), cpu=5, memory=len(order), modules=7)

    figures = interleaved({"a": lambda: run("a"), "b": lambda: run("b")}, rounds=3, say=lambda line: None)
    assert order == ["a", "b", "b", "a", "a", "b", "b", "a"]
    assert (figures["a"].median, figures["a"].minimum, figures["a"].memory) == (20, 10, 8)
    assert (figures["b"].median, figures["b"].cpu, figures["b"].modules) == (2, 5, 7)
