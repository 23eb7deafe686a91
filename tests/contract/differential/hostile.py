"""Requests as nobody should send them, and somebody will."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from tests.contract.differential.sent import Sent
from tests.contract.differential.spelling import percent

LITERALS = (
    "", " ", "+7", "-0", "07", "1_0", " 7 ", "7.0", "1e1", "0x7", "٧", "７", "NaN", "Infinity", "-Infinity", "1e400",
    "9" * 30, "true", "True", "yes", "null", "undefined", "[]", "{}", "a,b", "a|b", "a=b", ";a=b", ".a", "../..",
    "'; DROP TABLE--", "<script>", "\x00", "\n", "\r\nX-Injected: 1", "\u2028", "é", "漢", "🎉", "x" * 3000,
)  # fmt: skip
RAW = ("%", "%2", "%zz", "%ff", "%00", "%25", "%2525", "%ED%A0%80", "%C3%28", "+", "a+b", "%2B1", "&", "=")
BODIES = (
    b"", b" ", b"null", b"true", b"1", b'"text"', b"[]", b"{}", b"{", b"}", b"{]", b"[1,]", b'{"a":1,}', b"{'a':1}",
    b"NaN", b"Infinity", b"-Infinity", b"1e400", b"-1e-400", b"01", b"+1", b".5", b"1.", b"\xff", b"\xc3\x28",
    b"\xef\xbb\xbf{}", b"\x00", b'"\\ud800"', b'"\\udc00\\ud800"', b'{"\\ud800":1}', b'{"a":1,"a":2}', b"{}{}",
    b'{"a":NaN}', b'{"a":' * 40 + b"1" + b"}" * 40, b"[" * 200 + b"]" * 200, b"[" * 5000, b"9" * 400, b"9" * 5000,
    b'"\t"', b'"\x7f"', b"/* */ {}", b'{"__proto__":{}}', b"a=b&c=d", b"<a/>", b" {} ", b"\n[]\n",
)  # fmt: skip
CONTENT_TYPES = (
    "", " ", "application/json", "APPLICATION/JSON", " application/json ", "application/json;charset=utf-8",
    "application/json; charset=UTF-8", 'application/json; charset="utf-8"', "application/json;charset=utf-16",
    "application/json;charset", "application/json;", "application/json; ;", "application/json,text/plain",
    "application/json; v=1", "application/problem+json", "application/xml", "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x", "text/plain", "json", "*/*", "application/*", "application /json", "é/é",
)  # fmt: skip
_NUMBER_TRICKS = (b"1.0", b"1e0", b"1E2", b"-0", b"-0.0", b"0.010000000000000000001", b"1e-7", b"99999999999999999999")


def spoilt(sent: Sent, rng: Random) -> Sent:
    """The request with one hostile thing in it, now and then two."""
    for _ in range(rng.choice([1, 1, 1, 2])):
        sent = rng.choice(_ATTACKS)(sent, rng)
    return sent


def _body(sent: Sent, rng: Random) -> Sent:
    return replace(sent, body=rng.choice(BODIES), headers=_with_type(sent, "application/json"))


def _broken_body(sent: Sent, rng: Random) -> Sent:
    """A good body with some bytes of a bad one inside."""
    at = rng.randint(0, len(sent.body))
    wound = rng.choice([*BODIES, *_NUMBER_TRICKS, b'"', b",", b":", b"\\", b"\n", b"\xc3"])
    return replace(sent, body=sent.body[:at] + wound + sent.body[at + rng.choice([0, 0, 1]) :])


def _field_twice(sent: Sent, rng: Random) -> Sent:
    names = [part for part in sent.body.split(b'"') if part.isalpha()] or [b"a"]
    return replace(sent, body=sent.body.replace(b"{", b'{"' + rng.choice(names) + b'":null,', 1))


def _content_type(sent: Sent, rng: Random) -> Sent:
    return replace(sent, headers=_with_type(sent, rng.choice(CONTENT_TYPES)))


def _no_content_type(sent: Sent, _rng: Random) -> Sent:
    return replace(sent, headers=[header for header in sent.headers if header[0] != "content-type"])


def _large(sent: Sent, rng: Random) -> Sent:
    return replace(sent, body=sent.body + b" " * rng.choice([1, 9_000, 10_240, 10_241, 40_000]))


def _query_value(sent: Sent, rng: Random) -> Sent:
    if not sent.query:
        return _unknown_query(sent, rng)
    at = rng.randint(0, len(sent.query) - 1)
    query = [*sent.query]
    query[at] = (query[at][0], rng.choice([percent(rng.choice(LITERALS)), rng.choice(RAW)]))
    return replace(sent, query=query)


def _unknown_query(sent: Sent, rng: Random) -> Sent:
    name = rng.choice(
        ["unknown", "LIMIT", "", "limit%20", "limit%5B%5D", "__proto__", *(pair[0] for pair in sent.query)]
    )
    return replace(sent, query=[*sent.query, (name, percent(rng.choice(LITERALS)))])


def _query_twice(sent: Sent, rng: Random) -> Sent:
    return replace(sent, query=[*sent.query, *sent.query]) if sent.query else _unknown_query(sent, rng)


def _path(sent: Sent, rng: Random) -> Sent:
    if not sent.path:
        return _query_value(sent, rng)
    name = rng.choice(sorted(sent.path))
    # A segment of nothing would be another path.
    text = rng.choice([percent(rng.choice(LITERALS)), rng.choice(RAW), sent.path[name] + rng.choice(RAW)])
    return replace(sent, path={**sent.path, name: text or "%20"})


def _header(sent: Sent, rng: Random) -> Sent:
    at = rng.randint(0, len(sent.headers) - 1)
    name, value = sent.headers[at]
    worse = rng.choice([rng.choice(LITERALS).strip(), f"{value}, {value}", value + "\x7f", value.swapcase()])
    headers = [*sent.headers]
    headers[at] = (name, value if name == "authorization" else worse)
    return replace(sent, headers=headers)


def _header_twice(sent: Sent, rng: Random) -> Sent:
    header = rng.choice(sent.headers)
    return replace(sent, headers=[*sent.headers, header])


def _with_type(sent: Sent, content_type: str) -> list[tuple[str, str]]:
    return [*(header for header in sent.headers if header[0] != "content-type"), ("content-type", content_type)]


_ATTACKS: Sequence[Callable[[Sent, Random], Sent]] = (
    _body, _broken_body, _field_twice, _content_type, _no_content_type, _large, _query_value, _unknown_query,
    _query_twice, _path, _header, _header_twice,
)  # fmt: skip
