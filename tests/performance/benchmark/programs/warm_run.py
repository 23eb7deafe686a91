"""Answers requests in one process, again and again, and tells how long one takes.

The argument is the subject. Each line on standard input is a scenario and how often to run it; each on standard output
the microseconds of one request, by the clock and of CPU time.
"""

import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from tests.performance.benchmark import events
from tests.performance.benchmark.database import Client

Handler = Callable[[dict[str, Any], object], dict[str, Any]]

# Which handler, what it is asked, and the statuses that are right: a bare handler refuses nothing.
SCENARIOS: dict[str, tuple[str, dict[str, Any], set[int]]] = {
    "create": ("create_product", events.create(), {201}),
    "get": ("get_product", events.get(), {200}),
    "list of 20": ("list_products", events.list_of(20), {200}),
    "list of 100": ("list_products", events.list_of(100), {200}),
    "refused create": ("create_product", events.refused_create(), {201, 400}),
}


def _bare() -> Mapping[str, Handler]:
    import boto3

    vars(boto3)["client"] = lambda service: Client()
    import bare
    import bare_reads

    return {
        "create_product": bare.handler,
        "get_product": bare_reads.get_product,
        "list_products": bare_reads.list_products,
    }


def _ours() -> Mapping[str, Handler]:
    from products import dynamodb

    vars(dynamodb)["connect"] = lambda region: Client()
    from products.handlers import create_product, get_product, list_products

    return {each.__name__.rpartition(".")[2]: each.handler for each in (create_product, get_product, list_products)}


def _openapi_core() -> Mapping[str, Handler]:
    import openapi_core_engine  # noqa: F401  # First: it takes the engine's place.

    return _ours()


SUBJECTS: dict[str, Callable[[], Mapping[str, Handler]]] = {
    "bare": _bare,
    "ours": _ours,
    "openapi-core": _openapi_core,
}


def main() -> None:
    handlers = SUBJECTS[sys.argv[1]]()
    for line in sys.stdin:
        scenario, _, times = line.strip().rpartition(" ")
        name, event, right = SCENARIOS[scenario]
        print(*_microseconds(handlers[name], event, right, int(times)), flush=True)


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
