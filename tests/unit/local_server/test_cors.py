from __future__ import annotations

import pytest

from local_server.cors import Cors

CORS = Cors(["https://portal.example"])
REQUEST_ID = (("Content-Type", "application/json"), ("X-Request-Id", "1"))


def test_a_listed_origin_may_read_the_answer_and_its_own_headers() -> None:
    assert CORS.headers("https://portal.example", REQUEST_ID) == (
        ("Access-Control-Allow-Origin", "https://portal.example"),
        ("Vary", "Origin"),
        ("Access-Control-Expose-Headers", "X-Request-Id"),
    )


@pytest.mark.parametrize("origin", [None, "https://evil.example", "https://portal.example.evil", "null", ""])
def test_any_other_origin_gets_no_cors_header(origin: str | None) -> None:
    assert CORS.headers(origin, REQUEST_ID) == CORS.preflight(origin, ["GET"], ["If-Match"]) == (("Vary", "Origin"),)


def test_a_preflight_names_methods_and_headers() -> None:
    headers = dict(CORS.preflight("https://portal.example", ["GET", "PUT"], ["Authorization", "If-Match"]))
    assert headers["Access-Control-Allow-Methods"] == "GET, PUT"
    assert headers["Access-Control-Allow-Headers"] == "Authorization, If-Match"
