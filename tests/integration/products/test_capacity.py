"""The figures of docs/capacity.md that can be measured or simulated here, on DynamoDB's own engine."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError

from tests.integration.products.api import Api, Table
from tests.integration.products.faults import FakeTime

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ROOT = Path(__file__).parents[3]
PAPER = (ROOT / "docs/capacity.md").read_text(encoding="utf-8")
CATALOGUE = json.loads((ROOT / "src/local_server/catalogue.json").read_text(encoding="utf-8"))
PARTITION = 3000  # read units a second: DynamoDB Developer Guide, "Best practices for partition keys"


@pytest.fixture
def catalogue(engine: str, api: Api) -> Api:
    """A catalogue of a hundred packages as long as those that are sold."""
    if engine != "dynamodb-local":
        pytest.skip("moto does not count read units as DynamoDB does")
    for number in range(100):
        body = CATALOGUE[number % len(CATALOGUE)]
        assert api.create({**body, "name": f"{body['name']} {number}"}).status == 201
    return api


class Index:
    """The client, with an index whose one partition has `units` read units in each second of `time`.

    A token bucket of one second: DynamoDB lends some more for five minutes, which a steady rate uses up.
    """

    def __init__(self, client: DynamoDBClient, units: float, time: FakeTime) -> None:
        self._client = client
        self._time = time
        self._units = self._left = units
        self._filled = time.seconds
        self.cost = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def query(self, **arguments: Any) -> Any:
        self._left = min(self._units, self._left + (self._time.seconds - self._filled) * self._units)
        self._filled = self._time.seconds
        if self._left <= 0:
            error = {"Error": {"Code": "ProvisionedThroughputExceededException", "Message": "simulated"}}
            raise ClientError(cast("Any", error), "Query")
        answer = self._client.query(**arguments, ReturnConsumedCapacity="TOTAL")
        self.cost = answer["ConsumedCapacity"]["CapacityUnits"]
        self._left -= self.cost
        return answer


@pytest.mark.parametrize("size", [20, 100])
def test_the_paper_has_the_lists_that_one_partition_serves(catalogue: Api, table: Table, size: int) -> None:
    index = Index(table.client, PARTITION, FakeTime())
    assert Api(table, index).list(limit=size).status == 200
    [written] = re.findall(rf"^\| {size} products \| [\d.]+ \| ([\d,]+) \|", PAPER, re.MULTILINE)
    assert int(written.replace(",", "")) == pytest.approx(PARTITION / index.cost, rel=0.15)


@pytest.mark.parametrize(("share", "refused"), [(0.8, False), (1.5, True)])
def test_beyond_its_partition_a_list_is_a_503_that_says_when_to_ask_again(
    catalogue: Api, table: Table, share: float, refused: bool
) -> None:
    units, lists = 20.0, 90
    probe = Index(table.client, units, FakeTime())
    Api(table, probe).list(limit=20)
    arrivals = FakeTime()
    index = Index(table.client, units, arrivals)
    answers = []
    for number in range(lists):
        arrivals.seconds = number * probe.cost / (units * share)
        answers.append(Api(table, index, Once().budget).list(limit=20))
    shed = [answer for answer in answers if answer.status != 200]
    assert {answer.status for answer in shed} == ({503} if refused else set())
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in shed)


class Once(FakeTime):
    """Time that is up after the first try. The tries of many callers together bring a busy partition nothing."""

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds + 60)
