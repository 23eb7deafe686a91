from __future__ import annotations

import pytest

from contract import http_syntax


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("application/json", ("application/json", None)),
        ("Application/JSON; Charset=UTF-8", ("application/json", "utf-8")),
        ('text/plain ;charset="utf-8"', ("text/plain", "utf-8")),
        ('text/plain; charset="UTF\\-8"', ("text/plain", "utf-8")),
        ("text/plain;;; charset=utf-8 ; ", ("text/plain", "utf-8")),
        ("\tapplication/merge-patch+json;a=b", ("application/merge-patch+json", None)),
        ('text/plain; a="x;charset=latin1\\"y"; charset=ascii', ("text/plain", "ascii")),
    ],
)
def test_a_media_type_is_read_by_rfc_9110(text: str, expected: tuple[str, str | None]) -> None:
    assert http_syntax.parse_media_type(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "json",
        "/json",
        "application/",
        "application/json;charset",
        "application/json;charset=",
        "application/json; charset = utf-8",
        'application/json; charset="utf-8',
        'application/json; charset="utf\x0b8"',
        "application/json, text/plain",
        "application/json; charset=utf-8; charset=utf-8",
        "application/js on",
        "application/jsön",
    ],
)
def test_a_malformed_media_type_is_none(text: str) -> None:
    assert http_syntax.parse_media_type(text) is None


@pytest.mark.parametrize(
    ("essence", "key"),
    [("application/json", "application/json"), ("application/xml", "application/*"), ("text/plain", "*/*")],
)
def test_the_narrowest_range_wins(essence: str, key: str) -> None:
    assert http_syntax.matching_media_type(["*/*", "application/*", "application/json"], essence) == key


def test_what_no_range_holds_matches_none() -> None:
    assert http_syntax.matching_media_type(["application/*", "text/plain"], "text/html") is None


@pytest.mark.parametrize(
    ("content", "preferred"),
    [
        (["text/plain", "application/problem+json"], "application/problem+json"),
        (["image/png", "text/plain"], "image/png"),
        (["*/*"], "application/json"),
        ([], "application/json"),
    ],
)
def test_an_answer_prefers_json(content: list[str], preferred: str) -> None:
    assert http_syntax.preferred_media_type(content) == preferred


@pytest.mark.parametrize("essence", ["application/json", "text/json", "application/problem+json"])
def test_json_goes_by_several_names(essence: str) -> None:
    assert http_syntax.is_json(essence)


@pytest.mark.parametrize("essence", ["text/plain", "application/jsonp", "text/json5", "*/*", ""])
def test_what_is_called_otherwise_is_not_json(essence: str) -> None:
    assert not http_syntax.is_json(essence)


@pytest.mark.parametrize(
    ("media_type", "expected"),
    [
        (("application/json", None), True),
        (("application/vnd.x+json", "utf-8"), True),
        (("text/csv", None), True),
        (("text/csv", "utf8"), True),
        (("text/csv", "latin1"), False),
        (("application/json", "utf-16"), False),
        (("application/json", "us-ascii"), False),
        (("image/png", None), False),
    ],
)
def test_a_schema_validates_json_and_text_in_utf8(media_type: tuple[str, str | None], expected: bool) -> None:
    assert http_syntax.is_validated(*media_type) is expected
