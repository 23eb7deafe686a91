"""What can become of a request on its way to the database and back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from random import Random
from threading import Lock

from tests.integration.stress.proxy import Cut, Exchange, Mishap

SOME = 3  # requests that overtake one that is held back


def nothing(exchange: Exchange) -> None:
    exchange.reply(exchange.forward())


def request_lost(exchange: Exchange) -> None:
    raise Cut


def request_late(exchange: Exchange) -> None:
    """The client gives up, others go on, and then the request arrives."""
    exchange.wait_until_abandoned()
    exchange.wait_for_others(SOME)
    exchange.forward()
    raise Cut


def answer_lost(exchange: Exchange) -> None:
    exchange.forward()
    raise Cut


def answer_late(exchange: Exchange) -> None:
    """Others are served first. The client may have given up by then."""
    answer = exchange.forward()
    exchange.wait_for_others(SOME)
    exchange.reply(answer)


def answer_never(exchange: Exchange) -> None:
    """The connection stays open, and silent."""
    exchange.forward()
    exchange.wait_until_abandoned()
    raise Cut


def answer_truncated(exchange: Exchange) -> None:
    answer = exchange.forward()
    exchange.reply(answer[: len(answer) * 2 // 3])
    raise Cut


def answer_garbled(exchange: Exchange) -> None:
    """Its last byte arrives as another one."""
    answer = exchange.forward()
    exchange.reply(answer[:-1] + b" ")


def answer_doubled(exchange: Exchange) -> None:
    exchange.reply(exchange.forward() * 2)


class Misfortune:
    """Picks one mishap for each request, at random by their weights. `met` counts them by name."""

    def __init__(self, seed: str, weights: Mapping[Mishap, int]) -> None:
        self._random = Random(seed)
        self._weights = weights
        self._lock = Lock()
        self.met: Counter[str] = Counter()

    def __call__(self, exchange: Exchange) -> None:
        with self._lock:
            (mishap,) = self._random.choices(list(self._weights), list(self._weights.values()))
            self.met[name(mishap)] += 1
        mishap(exchange)


def name(mishap: Mishap) -> str:
    return str(getattr(mishap, "__name__", mishap))
