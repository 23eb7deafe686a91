"""Keeps count of comparisons, and keeps the disagreements that nothing explains."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tests.contract.differential.known_differences import explanations
from tests.contract.differential.objections import Comparison, objections
from tests.contract.differential.requests import Kind


class Tally:
    """Counts by what was validated (an operation's requests, say), by its kind, and by the engine's verdict."""

    def __init__(self) -> None:
        self._verdicts: Counter[tuple[str, Kind, bool]] = Counter()
        self._explained: Counter[str] = Counter()
        self.unexplained: list[str] = []

    def record(self, subject: str, kind: Kind, comparison: Comparison) -> None:
        """Counts one comparison, and what explains a disagreement."""
        self._verdicts[subject, kind, comparison.accepted] += 1
        if comparison.agreed:
            return
        reasons = explanations(comparison)
        if reasons is None:
            self.unexplained.append(f"{subject}, {kind}: {objections(comparison)}\n{comparison}")
        self._explained.update(reasons or ())

    def share_refused(self, kind: Kind) -> float:
        """Which part of this kind the engine refuses."""
        refused = sum(count for key, count in self._verdicts.items() if key[1:] == (kind, False))
        return refused / sum(count for key, count in self._verdicts.items() if key[1] == kind)

    def report(self) -> str:
        """The figures as a text of several lines."""
        return "\n".join(("", *self._rows(), *self._reasons(), f"{len(self.unexplained)} disagreements unexplained"))

    def _rows(self) -> Iterator[str]:
        subjects = dict.fromkeys(key[:2] for key in self._verdicts)
        for subject, kind in subjects:
            accepted, refused = (self._verdicts[subject, kind, verdict] for verdict in (True, False))
            share = refused / (accepted + refused)
            yield f"{subject:28} {kind:13} {accepted + refused:6} validated, {share:4.0%} refused"

    def _reasons(self) -> Iterator[str]:
        for reason, count in self._explained.most_common():
            yield f"{count:6} disagreements explained: {reason}"
