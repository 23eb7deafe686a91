from __future__ import annotations

import pytest

from contract.messages import Request


@pytest.mark.parametrize(
    ("path", "route", "expected"),
    [
        ("/things", "/things", "/things/a%20b"),
        ("/dev/things", "/things", "/dev/things/a%20b"),
        ("/dev//things/", "/things", "/dev/things/a%20b"),
        ("//evil.example/things", "/things", "/evil.example/things/a%20b"),
        ("/v1/th%69ngs", "/v1/things", "/v1/things/a%20b"),
        ("/dev/things/%37/parts", "/things/{id}/parts", "/dev/things/7/parts/a%20b"),
        ("/", "/things", "/things/a%20b"),
    ],
)
def test_a_location_is_below_the_request_as_the_contract_spells_it(path: str, route: str, expected: str) -> None:
    assert Request("op", "r-1", path, route=route).location("a b") == expected
