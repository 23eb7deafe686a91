"""A snapshot of a started function (SnapStart) is cloned, and with it what the start drew, read and opened."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.integration.lambda_packages.conftest import FUNCTIONS, VARIABLES, Unpacked

# Every call from Python into C passes the profiler, whoever makes it and by whatever name it was imported. The one
# exemption is the standard library's `random`, which seeds its shared generator when it is imported: nothing of ours
# draws from that one.
WATCH = """
import json, sys
import random

FORBIDDEN = {
    "posix": {"urandom", "getrandom"},
    "_random": {"random", "getrandbits", "seed"},
    "time": {"time", "time_ns", "monotonic", "monotonic_ns", "sleep", "localtime", "gmtime"},
    "datetime": {"now", "utcnow", "today"},
    "_uuid": {"generate_time_safe"},
    "_socket": {"connect", "connect_ex", "bind", "getaddrinfo", "gethostbyname", "send", "sendall", "socketpair"},
}
seen = []

def watch(frame, event, function):
    if event != "c_call":
        return
    owner = getattr(function, "__self__", None)
    kind = owner if isinstance(owner, type) else type(owner)
    module = getattr(function, "__module__", None) or kind.__module__
    if any(function.__name__ in names for known, names in FORBIDDEN.items() if module in (known, known.strip("_"))):
        seen.append([f"{module}.{function.__name__}", frame.f_code.co_filename])

sys.setprofile(watch)
exec(sys.argv[1])
sys.setprofile(None)
print(json.dumps(seen))
"""
# What third parties do when they are imported, and why a clone may share it.
HARMLESS = {
    "logging/__init__.py": "time.time_ns",  # The zero of a record's relative time, which Lambda's log format lacks.
    "urllib3/util/connection.py": "socket.bind",  # Asks for a port of ::1 to see if there is IPv6, and gives it back.
    "dateutil/parser/_parser.py": "time.localtime",  # The century of two-digit years: DynamoDB sends none.
}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_importing_a_handler_draws_nothing_reads_no_clock_and_opens_nothing(
    unpack: Callable[[str], Unpacked], function: str
) -> None:
    for call, file in unpack(function).run(WATCH, f"import products.handlers.{function}"):
        assert [call] == [harmless for suffix, harmless in HARMLESS.items() if file.endswith(suffix)]


@pytest.mark.parametrize(
    ("call", "seen"),
    [
        ("from os import urandom; urandom(1)", "posix.urandom"),
        ("import uuid; uuid.uuid4()", "posix.urandom"),
        ("random.random()", "random.random"),
        ("import secrets; secrets.token_hex()", "posix.urandom"),
        ("from time import time as now; now()", "time.time"),
        ("import datetime; datetime.datetime.now()", "datetime.now"),
        ("import socket; socket.socket().connect_ex(('127.0.0.1', 1))", "socket.connect_ex"),
    ],
)
def test_the_watch_sees(unpack: Callable[[str], Unpacked], call: str, seen: str) -> None:
    found = unpack("get_product").run(WATCH, call)
    assert seen in {call for call, _ in found}


@pytest.mark.parametrize(
    ("function", "variable"),
    [
        *((function, "PRODUCTS_TABLE") for function in FUNCTIONS),
        *((function, "AWS_REGION") for function in FUNCTIONS),
        ("list_products", "CURSOR_SIGNING_KEYS"),
    ],
)
def test_a_missing_variable_is_named_at_start(unpack: Callable[[str], Unpacked], function: str, variable: str) -> None:
    variables = {name: value for name, value in VARIABLES.items() if name != variable}
    with pytest.raises(AssertionError, match=f"MissingSetting: .*{variable}"):
        unpack(function).run(f"import products.handlers.{function}", variables=variables)
