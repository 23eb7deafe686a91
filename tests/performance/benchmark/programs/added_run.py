"""What src/contract adds to a cold start: a bare handler starts and answers; then the contract is loaded around it and
the same request answered once more, checked. The argument is a file with the event.

Both in one process, for the start of boto3 alone varies by more than what is measured here. What is told is that second
part less one answer of the bare handler, in milliseconds by the clock and of CPU time. Garbage is not collected, as it
is not while our handlers start: a collection of all that boto3 has made would fall into the one part or the other.
"""

import gc
import importlib
import json
import sys
import time
from typing import Any


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:  # noqa: PTH123  # As the cold run does.
        event = json.load(file)
    gc.disable()
    _timed("bare", event)
    bare = _timed("bare", event)
    checked = _timed("bare_with_contract", event)
    wall, cpu = ((both - one) * 1000 for both, one in zip(checked[1:], bare[1:], strict=True))
    told = {"status": checked[0], "wall": wall, "cpu": cpu, "modules": len(sys.modules)}
    print(json.dumps(told), flush=True)
    sys.stdin.read()  # Until the caller has looked at this process' memory.


def _timed(module: str, event: dict[str, Any]) -> tuple[int, float, float]:
    """The status of the answer, and the seconds by the clock and of CPU time; the first time, imports included."""
    started, started_cpu = time.perf_counter(), time.process_time()
    answer = importlib.import_module(module).handler(event, None)
    return answer["statusCode"], time.perf_counter() - started, time.process_time() - started_cpu


if __name__ == "__main__":
    main()
