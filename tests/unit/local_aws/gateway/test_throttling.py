from __future__ import annotations

from local_aws.gateway.stage import Throttle
from tests.unit.local_aws.gateway.apis import Deployed, api, proxy

BODY = api({"/things": {"get": proxy(), "post": proxy()}, "/things/{id}": {"get": proxy()}})


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def statuses(deployed: Deployed, method: str, path: str, times: int) -> list[int]:
    return [deployed(method, path).status_code for _ in range(times)]


def test_a_burst_passes_and_what_is_beyond_it_is_429() -> None:
    deployed = Deployed(BODY, throttling={"*/*": Throttle(2, 3)}, clock=Clock())
    assert statuses(deployed, "GET", "/things", 5) == [200, 200, 200, 429, 429]
    assert deployed("GET", "/things").json() == {"message": "Too Many Requests"}


def test_tokens_come_back_at_the_rate_and_never_more_than_the_burst() -> None:
    clock = Clock()
    deployed = Deployed(BODY, throttling={"*/*": Throttle(2, 3)}, clock=clock)
    statuses(deployed, "GET", "/things", 3)
    clock.now = 0.5
    assert statuses(deployed, "GET", "/things", 2) == [200, 429]
    clock.now = 100
    assert statuses(deployed, "GET", "/things", 4) == [200, 200, 200, 429]


def test_a_method_has_a_bucket_of_its_own() -> None:
    deployed = Deployed(BODY, throttling={"*/*": Throttle(1, 1)}, clock=Clock())
    for method, path in (("GET", "/things"), ("POST", "/things"), ("GET", "/things/7")):
        assert statuses(deployed, method, path, 2) == [200, 429]
    assert deployed("GET", "/things/8").status_code == 429


def test_a_methods_own_setting_comes_before_the_default() -> None:
    throttling = {"*/*": Throttle(1, 1), "~1things~1{id}/GET": Throttle(1, 2), "things/POST": Throttle(-1, -1)}
    deployed = Deployed(BODY, throttling=throttling, clock=Clock())
    assert statuses(deployed, "GET", "/things/7", 3) == [200, 200, 429]
    assert statuses(deployed, "POST", "/things", 3) == [200, 200, 200]


def test_without_settings_nothing_is_throttled() -> None:
    assert statuses(Deployed(BODY), "GET", "/things", 5) == [200] * 5
