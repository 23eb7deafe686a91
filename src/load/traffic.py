"""The requests, sent at a held rate whatever the answers take: an open loop over locust's HTTP client.

Each request has a time at which it is due, and its latency counts from then on. A generator that waits for slow answers
before it sends more would measure a slow service too well ("coordinated omission").
Which operations are called is in mix.json, and how fast they have to be in the contract.
"""

from __future__ import annotations

import json
import random
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import gevent
from gevent.pool import Pool

from cross_check.contract_document import ContractDocument

PROJECT = Path(__file__).resolve().parents[2]
CONTRACT = PROJECT / "generated" / "products.json"
MIX = Path(__file__).with_name("mix.json")
MOST_SECONDS = 30.0  # API Gateway waits for 29.
STARTING_PRODUCTS = 20
RETIRING_TRIES = 5
MARK = "Load"


class MixOperation(NamedTuple):
    """One operation of the contract. `target` is x-latency-target-ms; `body` is the first example of its request."""

    operation_id: str
    method: str
    path: str
    target: int
    secured: bool
    body: Mapping[str, Any] | None


class MixError(Exception):
    """Exception for a mix that does not fit the contract. The message says what to change."""


@dataclass(frozen=True)
class Mix:
    """The operations of mix.json with their shares of the requests, which add up to one; `left_out`: all others."""

    operations: Mapping[str, MixOperation]
    shares: Mapping[str, float]
    left_out: tuple[str, ...] = ()

    @classmethod
    def read(cls, contract: Path = CONTRACT, mix: Path = MIX, *, reads_only: bool = False) -> Mix:
        """Raises MixError when the mix names operations that the contract does not have."""
        document = ContractDocument.load(contract)
        declared: dict[str, MixOperation] = {}
        for each in document.operations():
            body = document.resolve(each.node.get("requestBody", {}))
            examples = body.get("content", {}).get("application/json", {}).get("examples", {})
            first = next((dict(document.resolve(example)["value"]) for example in examples.values()), None)
            target = each.node["x-latency-target-ms"]
            declared[each.operation_id] = MixOperation(
                each.operation_id, each.method, each.path, target, each.secured, first
            )
        weights = json.loads(mix.read_text(encoding="utf-8"))
        if unknown := sorted(weights.keys() - declared.keys()):
            raise MixError(f"{mix.name} names operations that the contract does not have: {', '.join(unknown)}")
        operations = {name: each for name, each in declared.items() if name in weights}
        left_out = tuple(name for name in declared if name not in weights)
        chosen = {name: weight for name, weight in weights.items() if not (reads_only and operations[name].secured)}
        total = sum(chosen.values())
        return cls(operations, {name: weight / total for name, weight in chosen.items()}, left_out)


class Sample(NamedTuple):
    """One request. `due` and `seconds` count from the start and from when it was due; `status` 0: no answer."""

    operation_id: str
    due: float
    seconds: float
    status: int
    failed: bool


class Traffic:
    """Sends the mix's requests to the API at `url`, and makes and retires the products that it writes to."""

    def __init__(self, url: str, mix: Mix, token: str | None, seed: int) -> None:
        # Late: importing locust patches the standard library's sockets.
        from locust.contrib.fasthttp import FastHttpUser
        from locust.env import Environment

        class Client(FastHttpUser):
            host = url.rstrip("/")
            abstract = True
            concurrency = 2000
            network_timeout = connection_timeout = MOST_SECONDS

        self._client = Client(Environment()).client
        self._mix = mix
        self._token = token
        self._random = random.Random(seed)
        self._run = uuid.UUID(int=self._random.getrandbits(128)).hex[:8]
        self._created = 0
        self._own: deque[str] = deque()
        self._listed: list[str] = []
        self.samples: list[Sample] = []

    def prepare(self) -> None:
        """Finds ids to read, and creates products to write to. Raises ConnectionError with what was answered."""
        writes = any(self._mix.operations[name].secured for name in self._mix.shares)
        for _ in range(STARTING_PRODUCTS if writes else 0):
            self._expect(201, self._operation("POST"))
        body = self._expect(200, self._operation("GET", listing=True))
        self._listed = [each["productId"] for each in body["products"]]
        if not self._listed:
            raise ConnectionError("The catalogue is empty: there is nothing to read. Give a token, or seed it.")

    def hold(self, rate: float, seconds: float, tick: Callable[[int, list[Sample]], None]) -> None:
        """Sends `rate` requests a second for so many seconds. Calls `tick` with each second that has passed."""
        names, weights = list(self._mix.shares), list(self._mix.shares.values())
        pool, begin, said = Pool(), time.monotonic(), 0
        for number in range(round(rate * seconds)):
            due = number / rate
            gevent.sleep(max(0.0, begin + due - time.monotonic()))
            name = self._random.choices(names, weights)[0]
            pool.spawn(self._measure, self._mix.operations[name], begin, due)
            if due >= said + 1:
                said = int(due)
                tick(said, self.samples)
        pool.join(timeout=MOST_SECONDS + 5)

    def retire(self) -> list[str]:
        """Retires every product of its own; returns the ids of those that it could not."""
        delete = self._operation("DELETE")
        left = []
        for product in self._own:
            for _ in range(RETIRING_TRIES):
                if self._send(delete, product)[0] in (204, 404):
                    break
                gevent.sleep(1.0)  # Most likely there are too many writes at once: Retry-After says one second.
            else:
                left.append(product)
        self._own.clear()
        return left

    def _measure(self, operation: MixOperation, begin: float, due: float) -> None:
        status, _ = self._send(operation)
        seconds = time.monotonic() - begin - due
        # Another request may have retired what this one is about: that 404 is an answer as it should be.
        failed = status == 0 or status >= 500 or status in (400, 401, 403, 405, 413, 415, 429)
        self.samples.append(Sample(operation.operation_id, due, seconds, status, failed))

    def _send(self, operation: MixOperation, product_id: str = "") -> tuple[int, Any]:
        path, headers = operation.path, {}
        if operation.secured:
            headers["Authorization"] = f"Bearer {self._token}"
        if "{" in path:
            path = path[: path.index("{")] + (product_id or self._product(operation))
        body = self._body(operation)
        with self._client.request(operation.method, path, json=body, headers=headers, catch_response=True) as answer:
            answer.success()  # The status, above, decides what is a failure.
            text = answer.text
        status = int(answer.status_code or 0)
        content: Any = json.loads(text) if text and status < 300 else None
        if operation.method == "POST" and status == 201:
            self._own.append(content["product"]["productId"])
        return status, content

    def _product(self, operation: MixOperation) -> str:
        """A product of its own for a write, the next one each time; any for a read."""
        if not operation.secured:
            return self._random.choice([*self._listed, *list(self._own)[-5:]])
        if not self._own:
            return str(uuid.UUID(int=self._random.getrandbits(128), version=4))
        if operation.method == "DELETE":
            return self._own.popleft()
        self._own.rotate(-1)
        return self._own[-1]

    def _body(self, operation: MixOperation) -> dict[str, Any] | None:
        if operation.method == "POST" and operation.body is not None:
            self._created += 1
            return {**operation.body, "name": f"{MARK} {self._run} {self._created}"}
        return {"price": self._random.randint(1, 10_000) / 100} if operation.method == "PUT" else None

    def _operation(self, method: str, *, listing: bool = False) -> MixOperation:
        return next(
            each
            for each in self._mix.operations.values()
            if each.method == method and (method != "GET" or listing == ("{" not in each.path))
        )

    def _expect(self, wanted: int, operation: MixOperation) -> Any:
        status, body = self._send(operation)
        if status != wanted:
            raise ConnectionError(f"{operation.operation_id} answered {status or 'nothing'}, not {wanted}.")
        return body
