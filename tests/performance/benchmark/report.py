"""Results for a person (a table) and for a program (JSON)."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.performance.benchmark.bars import Bar


def table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as they need; the first one left, the others right."""
    lines = [heading, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heading))]
    return "\n".join(_line(line, widths) for line in lines)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)])


def write_json(path: Path, figures: Mapping[str, Any], bars: Sequence[Bar]) -> None:
    machine = {"cpus": os.cpu_count(), "machine": platform.machine(), "system": platform.platform()}
    held = [{"what": bar.what, "value": bar.value, "limit": bar.limit, "passed": bar.passed} for bar in bars]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"machine": machine, "figures": figures, "bars": held}, indent=1) + "\n")
