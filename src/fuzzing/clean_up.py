"""Clean-up of what a run creates, by the contract: written down as it happens, found and deleted at the end.

A creation is a POST that the contract answers with 201; what it made is where the answer's Location says, and the
DELETE of that path takes it away. Both are on disk before the next request: the process may be killed.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3 import Retry

_AT_ONCE = 4
_TIMEOUT = 10.0
_BACKOFF = 0.2
_GONE = {204, 404}
_BUSY = {429, 500, 502, 503, 504}


@dataclass(frozen=True)
class Attempt:
    """A creation that was sent: the `path` of its operation, and what it takes to send it again."""

    case: str
    path: str
    key: str | None
    body: Any


@dataclass(frozen=True)
class Notes:
    """Record that a run shares with its hooks, which schemathesis loads in a process of its own.

    `run` is a word that no other run has; `created` is the file of what it creates. With `own_only` nothing else is
    written, and each creation has an Idempotency-Key where the contract takes one.
    """

    run: str
    created: Path
    own_only: bool

    @classmethod
    def read(cls) -> Notes:
        """Those that the process was started with."""
        return cls(os.environ["FUZZ_RUN"], Path(os.environ["FUZZ_CREATED"]), os.environ["FUZZ_OWN_ONLY"] == "true")

    def environment(self) -> dict[str, str]:
        """As `read` takes it."""
        own_only = "true" if self.own_only else "false"
        return {"FUZZ_RUN": self.run, "FUZZ_CREATED": str(self.created), "FUZZ_OWN_ONLY": own_only}

    def sent(self, attempt: Attempt) -> None:
        """Before the request is sent. A body that is no JSON creates nothing."""
        with suppress(TypeError, ValueError):
            self._add(attempt.__dict__)

    def answered(self, case: str, location: str | None) -> None:
        """An answer that says what was created, or that nothing was. An error of the service says neither."""
        self._add({"answered": case, "location": location})

    def _add(self, line: Mapping[str, Any]) -> None:
        text = json.dumps(line)
        with self.created.open("a", encoding="utf-8") as file:
            file.write(f"{text}\n")

    def locations(self) -> list[str]:
        """Where everything is that answers have named, in the order of its creation, each once."""
        return list(dict.fromkeys(line["location"] for line in self._lines() if line.get("location")))

    def lost(self) -> list[Attempt]:
        """The creations whose answer never came."""
        lines = list(self._lines())
        done = {line["answered"] for line in lines if "answered" in line}
        return [Attempt(**line) for line in lines if "case" in line and line["case"] not in done]

    def _lines(self) -> Iterator[dict[str, Any]]:
        for line in self.created.read_text(encoding="utf-8").splitlines() if self.created.exists() else ():
            with suppress(ValueError):  # Cut off, when the process was killed.
                yield json.loads(line)


def matching(template: str, path: str) -> dict[str, str] | None:
    """The parameters of a path template in a path, which a base path may precede; None where it does not match."""
    pattern = re.sub(r"\\\{([^{}]*)\\\}", "([^/]+)", re.escape(template))
    found = re.search(f"{pattern}$", path)
    return None if found is None else dict(zip(re.findall(r"\{([^{}]*)\}", template), found.groups(), strict=True))


def undeletable(document: Mapping[str, Any]) -> list[str]:
    """The operationIds of the creations of which the contract has no DELETE."""
    deletable = [path for path, item in document["paths"].items() if "delete" in item]
    return [
        item["post"]["operationId"]
        for path, item in document["paths"].items()
        if "201" in item.get("post", {}).get("responses", {})
        and not any(each.startswith(f"{path}/{{") for each in deletable)
    ]


class _Bearer(AuthBase):
    """The token, on every request. A header of the session would give way to what ~/.netrc has for the host."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def clean_up(url: str, token: str, document: Mapping[str, Any], notes: Notes) -> list[str]:
    """Deletes all that the run has created. Returns what may still be there; `url` is as in `FuzzOptions`.

    A creation whose answer was lost is sent again with its Idempotency-Key: the service answers with the first answer,
    or makes what it had not made, which is deleted like the rest.
    """
    deletable = [path for path, item in document["paths"].items() if "delete" in item]
    with ThreadPoolExecutor(_AT_ONCE) as threads, requests.Session() as session:
        retry = Retry(
            3,
            allowed_methods=None,  # Any: each of these requests may be sent again.
            status_forcelist=_BUSY,
            backoff_factor=_BACKOFF,
            raise_on_status=False,
            respect_retry_after_header=False,  # Somebody waits for the end of the run.
        )
        session.mount(urljoin(url, "/"), HTTPAdapter(max_retries=retry))
        session.auth = _Bearer(token)
        attempts = notes.lost()
        found = list(threads.map(lambda attempt: _location(session, url, attempt), attempts))
        places = list(dict.fromkeys([*notes.locations(), *(each for each in found if each)]))
        gone = threads.map(lambda place: _deleted(session, url, deletable, place), places)
        left = [place for place, is_gone in zip(places, gone, strict=True) if not is_gone]
    return [
        *left,
        *(f"POST {each.path} (no answer)" for each, where in zip(attempts, found, strict=True) if where is None),
    ]


def _location(session: requests.Session, url: str, attempt: Attempt) -> str | None:
    """What that creation has made; empty where it is sure that it made nothing, None where it is not known."""
    if attempt.key is None:
        return None
    try:
        headers = {"Content-Type": "application/json", "Idempotency-Key": attempt.key}
        body = json.dumps(attempt.body).encode()
        answer = session.post(url + attempt.path, body, headers=headers, allow_redirects=False, timeout=_TIMEOUT)
    except requests.RequestException:
        return None
    if answer.status_code == 201:
        return answer.headers.get("Location")
    return None if answer.status_code in _BUSY | {401, 403} else ""


def _deleted(session: requests.Session, url: str, deletable: list[str], place: str) -> bool:
    path = urlsplit(place).path
    if not any(matching(template, path) is not None for template in deletable):
        return False
    try:
        return session.delete(urljoin(url, path), allow_redirects=False, timeout=_TIMEOUT).status_code in _GONE
    except requests.RequestException:
        return False
