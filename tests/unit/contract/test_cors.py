from __future__ import annotations

import pytest

from contract.cors import Cors

PORTAL = "https://portal.example.com"


def test_an_allowed_origin_may_read_the_answer_and_its_own_headers() -> None:
    cors = Cors([PORTAL], ["Cache-Control", "ETag", "Location", "Set-Cookie", "X-Request-Id"])
    assert cors.added_to({"ETag": '"1"'}, PORTAL) == {
        "ETag": '"1"',
        "Vary": "Origin",
        "Access-Control-Allow-Origin": PORTAL,
        "Access-Control-Expose-Headers": "ETag, Location, X-Request-Id",
    }


@pytest.mark.parametrize(
    "origin", [None, "null", "https://evil.example.com", PORTAL + ":8443", "http://portal.example.com", PORTAL + "/"]
)
def test_another_origin_gets_no_cors_header(origin: str | None) -> None:
    assert Cors([PORTAL], ["ETag"]).added_to({}, origin) == {"Vary": "Origin"}


def test_no_origin_allowed_means_no_header_at_all() -> None:
    assert Cors([], ["ETag"]).added_to({"A": "1"}, PORTAL) == {"A": "1"}


def test_nothing_to_expose_is_not_said() -> None:
    assert "Access-Control-Expose-Headers" not in Cors([PORTAL], ["Content-Type"]).added_to({}, PORTAL)


def test_a_vary_header_is_kept() -> None:
    assert Cors([PORTAL], []).added_to({"vary": "Accept"}, None) == {"vary": "Accept, Origin"}


def test_the_header_for_the_browser_itself_is_not_exposed_to_scripts() -> None:
    cors = Cors([PORTAL], ["Access-Control-Allow-Origin", "ETag"])
    assert cors.added_to({}, PORTAL)["Access-Control-Expose-Headers"] == "ETag"
