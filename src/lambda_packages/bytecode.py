"""Bytecode of the target's version, made by an interpreter of that version.

Unchecked-hash files (PEP 552) in the place of the source: nothing in them depends on when or where they were made, and
the import system asks the file system for nothing else. Tracebacks keep their file names and lines; the text of a
line is in version control.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from lambda_packages.errors import BuildError

# Where Lambda unpacks a zip, so that a traceback names the file as it is called there.
TASK_ROOT = "/var/task"
_COMPILE = """
import py_compile, sys
for line in sys.stdin:
    source, compiled, shown = line.rstrip("\\n").split("\\t")
    py_compile.compile(source, compiled, shown, doraise=True, quiet=1,
                       invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
"""


def compile_all(sources: Mapping[str, Path], interpreter: Path, folder: Path) -> dict[str, Path]:
    """Arcname of a source to its bytecode below `folder`. One process, in order, with hashes fixed: the marshalled
    bytes depend on all three. Raises BuildError for a file that does not compile."""
    compiled = {arcname: folder / f"{arcname}c" for arcname in sorted(sources)}
    orders = [f"{sources[arcname]}\t{compiled[arcname]}\t{TASK_ROOT}/{arcname}\n" for arcname in compiled]
    told_by(interpreter, _COMPILE, "".join(orders))
    return compiled


def told_by(interpreter: Path, program: str, orders: str) -> bytes:
    """What a program that compiles writes, run by the target's interpreter, to which the orders are its input.

    Raises BuildError when it fails.
    """
    answer = subprocess.run(
        [interpreter, "-S", "-s", "-c", program],
        input=orders.encode(), env={"PYTHONHASHSEED": "0"}, capture_output=True, check=False,
    )  # fmt: skip
    if answer.returncode != 0:
        raise BuildError(f"{interpreter} cannot compile: {answer.stderr.decode().strip().splitlines()[-1]}")
    return answer.stdout
