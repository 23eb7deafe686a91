"""Answers requests in one process, again and again, and tells how long one takes.

The arguments are the subject, the operation, and a file with the scenarios' events. Each line on standard input is a
scenario and how often to run it; each on standard output the microseconds of one request, by the clock and of CPU time.
"""

import importlib
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from tests.performance.benchmark.database import Client

Handler = Callable[[dict[str, Any], object], dict[str, Any]]


def _bare(operation: str) -> Handler:
    import boto3

    vars(boto3)["client"] = lambda service: Client()
    import bare
    import bare_reads

    handlers: dict[str, Handler] = {
        "create_product": bare.handler,
        "get_product": bare_reads.get_product,
        "list_products": bare_reads.list_products,
    }
    return handlers[operation]


def _ours(operation: str) -> Handler:
    from products import dynamodb

    vars(dynamodb)["connect"] = lambda region: Client()
    handler: Handler = importlib.import_module(f"products.handlers.{operation}").handler
    return handler


def _openapi_core(operation: str) -> Handler:
    import openapi_core_engine  # noqa: F401  # First: it takes the engine's place.

    return _ours(operation)


SUBJECTS: dict[str, Callable[[str], Handler]] = {
    "bare": _bare,
    "ours": _ours,
    "openapi-core": _openapi_core,
}


def main() -> None:
    subject, operation, file = sys.argv[1:]
    handler = SUBJECTS[subject](operation)
    with open(file, encoding="utf-8") as asked:  # noqa: PTH123  # As the cold run does.
        events = json.load(asked)
    for line in sys.stdin:
        scenario, _, times = line.strip().rpartition(" ")
        right = {400} if scenario.startswith("refused") and subject != "bare" else {200, 201}
        print(*_microseconds(handler, events[scenario], right, int(times)), flush=True)


def _microseconds(handler: Handler, event: dict[str, Any], right: set[int], times: int) -> tuple[float, float]:
    started, started_cpu = time.perf_counter(), time.process_time()
    for _ in range(times):
        answer = handler(event, None)
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - started_cpu
    if answer["statusCode"] not in right:
        raise RuntimeError(f"answered {answer['statusCode']}")
    return seconds / times * 1e6, cpu_seconds / times * 1e6


if __name__ == "__main__":
    main()
