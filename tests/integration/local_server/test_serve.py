"""The command as a person uses it: a process of its own, real HTTP, the real project."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from local_aws import CannotStart
from local_aws.database.dynamodb_local import DynamoDBLocal
from local_server import project

CATALOGUE = json.loads(project.CATALOGUE.read_text(encoding="utf-8"))


class Serving:
    """`scripts/serve` without the shell around it, and what it said when it was ready."""

    def __init__(self, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "local_server", *arguments],
            env={**os.environ, "PYTHONPATH": os.pathsep.join((str(project.ROOT / "src"), str(project.ROOT)))},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        lines = []
        for line in self._process.stdout:
            lines.append(line)
            if line.startswith("Ctrl-C"):
                break
        self.banner = "".join(lines)

    def __enter__(self) -> Serving:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self.stop(signal.SIGTERM)

    @property
    def url(self) -> str:
        return self._in_banner(r"http://[0-9.:]+")

    @property
    def token(self) -> str:
        return self._in_banner(r"(?<=\nTOKEN=).*")

    def _in_banner(self, pattern: str) -> str:
        found = re.search(pattern, self.banner)
        assert found is not None
        return found.group()

    def get(self, path: str) -> Any:
        with urlopen(f"{self.url}{path}") as response:
            return json.load(response)

    def post(self, path: str, body: object) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        with urlopen(Request(f"{self.url}{path}", json.dumps(body).encode(), headers)) as response:
            return json.load(response)

    def stop(self, number: signal.Signals) -> tuple[int, str]:
        """The exit status, and all that was written to standard error."""
        self._process.send_signal(number)
        _, errors = self._process.communicate(timeout=30)
        return self._process.returncode, errors


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with Serving("--port", "0", "--data", str(tmp_path_factory.mktemp("data"))) as serving:
        yield serving


def test_the_catalogue_is_there_in_order(serving: Serving) -> None:
    page = serving.get(project.collection())
    assert [each["name"] for each in page["products"]] == ["Entry", *(each["name"] for each in CATALOGUE)]
    assert [each["price"] for each in page["products"]] == [95, *(each["price"] for each in CATALOGUE)]


def test_the_printed_token_may_write(serving: Serving) -> None:
    product = {**CATALOGUE[0], "name": "From a test"}
    assert serving.post(project.collection(), product)["product"]["name"] == "From a test"


def test_the_validators_agree_about_all_of_it(serving: Serving) -> None:
    serving.get(project.collection())
    report = serving.get("/_local/disagreements")
    assert (report["exchanges"] > len(CATALOGUE), report["count"]) == (True, 0)


def test_a_catalogue_of_any_size_is_made_and_can_be_paged_through(tmp_path: Path) -> None:
    with Serving("--port", "0", "--data", str(tmp_path), "--products", "30") as serving:
        found, query = [], "?limit=20"
        while query:
            page = serving.get(project.collection() + query)
            found += page["products"]
            query = f"?limit=20&nextToken={page['nextToken']}" if "nextToken" in page else ""
        product = next(each for each in found if each["name"] == "Sample 0000007")
        assert (
            len({each["productId"] for each in found})
            == len({each["name"] for each in found})
            == len(CATALOGUE) + 1 + 30
        )
        assert sorted(found, key=lambda each: each["createdAt"]) == found
        with pytest.raises(HTTPError, match="409"):  # The copies' names are taken as those of any product.
            serving.post(project.collection(), {**CATALOGUE[0], "name": product["name"]})
        assert serving.get("/_local/disagreements")["count"] == 0


def test_the_printed_token_is_the_same_persons_after_a_restart(tmp_path: Path) -> None:
    subjects = set()
    for _ in range(2):
        with Serving("--port", "0", "--data", str(tmp_path), "--no-seed") as serving:
            claims = serving.token.split(".")[1]
            subjects.add(json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sub"])
    assert len(subjects) == 1


def test_what_is_no_http_is_answered_in_the_contracts_shape(serving: Serving) -> None:
    host, port = serving.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Bad: a\x0bb\r\n\r\n")
        head, _, body = connection.makefile("rb").read().partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400")
    assert json.loads(body)["error"] == "Bad Request"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_stops_it_without_a_word(number: signal.Signals, tmp_path: Path) -> None:
    with Serving("--port", "0", "--data", str(tmp_path), "--no-seed") as serving:
        assert serving.get(project.collection())["count"] == 0
        status, errors = serving.stop(number)
    assert status == 0
    assert [line for line in errors.splitlines() if project.REQUEST_LOG not in line] == []


@pytest.fixture
def kept(tmp_path: Path) -> tuple[str, ...]:
    """The arguments that keep the data in `tmp_path`."""
    try:
        DynamoDBLocal(node_modules=project.NODE_MODULES)
    except CannotStart as missing:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"LEFT OUT: {missing}")
    return ("--port", "0", "--data", str(tmp_path), "--database", "dynamodb-local")


def test_with_dynamodb_local_data_and_tokens_outlive_a_restart(kept: tuple[str, ...]) -> None:
    with Serving(*kept) as first:
        product = first.post(project.collection(), {**CATALOGUE[0], "name": "Kept"})["product"]
        assert first.stop(signal.SIGINT)[0] == 0
    with Serving(*kept) as second:
        assert second.get(f"{project.collection()}/{product['productId']}")["product"] == product
        assert second.get(project.collection())["count"] == len(CATALOGUE) + 2


def test_a_port_in_use_is_one_line_and_status_1(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with Serving("--port", port, "--data", str(tmp_path)) as serving:
            status, errors = serving.stop(signal.SIGTERM)
    assert (status, errors.count("\n"), port in errors) == (1, 1, True)


def test_a_data_folder_in_use_is_one_line_and_status_1(kept: tuple[str, ...]) -> None:
    with Serving(*kept, "--no-seed"), Serving(*kept) as second:
        status, errors = second.stop(signal.SIGTERM)
    assert (status, errors.count("\n"), "in use" in errors) == (1, 1, True)


def test_a_damaged_data_folder_is_one_line_and_status_1(kept: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "dynamodb").mkdir()
    (tmp_path / "dynamodb" / "shared-local-instance.db").write_bytes(b"no database")
    with Serving(*kept) as serving:
        status, errors = serving.stop(signal.SIGTERM)
    assert (status, errors.count("\n"), str(tmp_path) in errors) == (1, 1, True)
