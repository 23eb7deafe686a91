"""Requests for the operations of a document: valid, spoilt in one place, or hostile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Any, Literal

from contract import strict_json
from contract.messages import JSON
from local_aws.asgi import HttpRequest
from tests.contract.differential import hostile, spelling
from tests.contract.differential.parameters import declared_parameters
from tests.contract.differential.schemas import Document
from tests.contract.differential.sent import Sent
from tests.contract.differential.values import Values, with_one_spoilt

Kind = Literal["valid", "nearly valid", "hostile"]
KINDS: tuple[Kind, ...] = ("valid", "nearly valid", "hostile")

_BEARER = ("authorization", "Bearer token")


class Requests:
    """Makes requests for one operation."""

    def __init__(self, document: Document, path: str, method: str, rng: Random) -> None:
        self._document = document
        self._rng = rng
        self._path = path
        self._method = method.upper()
        self._operation: Mapping[str, Any] = document["paths"][path][method.lower()]
        self._parameters = declared_parameters(document, path, method)

    def of(self, kind: Kind) -> tuple[HttpRequest, Mapping[str, str]]:
        """A request and its path parameters, still percent-encoded."""
        if kind == "nearly valid":
            sent = with_one_spoilt(self._values, self._sent, self._rng)
        else:
            sent = self._sent(self._values())
        if kind == "hostile":
            sent = hostile.spoilt(sent, self._rng)
        return self._request(sent), sent.path

    def _values(self, spoil: int = 0) -> Values:
        return Values(self._document, self._rng, "request", spoil)

    def _sent(self, values: Values) -> Sent:
        sent = Sent({}, [], [_BEARER], [])
        for declared in self._parameters:
            if self._is_sent(declared, values):
                sent = _with(sent, declared, values.of(spelling.spellable(declared)))
        return self._with_body(sent, values)

    def _is_sent(self, declared: Mapping[str, Any], values: Values) -> bool:
        """What is optional is sent or not; to leave out what is required is one way to spoil a request."""
        if not declared.get("required"):
            return self._rng.choice([True, False])
        return declared.get("in") == "path" or not values.takes_place()

    def _with_body(self, sent: Sent, values: Values) -> Sent:
        if "requestBody" not in self._operation:
            return sent
        declared = values.resolved(self._operation["requestBody"])
        if not self._is_sent(declared, values):
            return sent
        media_type = self._rng.choice(sorted(declared["content"]))
        body = _body(media_type, values.of(declared["content"][media_type].get("schema", {})))
        return replace(sent, headers=[*sent.headers, ("content-type", concrete(media_type))], body=body)

    def _request(self, sent: Sent) -> HttpRequest:
        path = self._path
        for name, text in sent.path.items():
            path = path.replace(f"{{{name}}}", text)
        cookies = [("cookie", "; ".join(f"{name}={text}" for name, text in sent.cookies))] if sent.cookies else []
        return HttpRequest(
            method=self._method,
            path=path,
            query="&".join(f"{name}={text}" for name, text in sent.query),
            headers=tuple(sent.headers + cookies),
            body=sent.body,
            client="127.0.0.1",
        )


def concrete(media_type: str) -> str:
    """A media type of a range."""
    return media_type.replace("*/*", "application/json").replace("application/*", "application/json")


def _body(media_type: str, value: JSON) -> bytes:
    is_text = media_type.startswith("text/") and isinstance(value, str)
    return (str(value) if is_text else strict_json.dumps(value)).encode()


def _with(sent: Sent, declared: spelling.Declared, value: JSON) -> Sent:
    place, name = declared["in"], declared["name"]
    if place == "path":
        return replace(sent, path={**sent.path, name: spelling.text(declared, value, spelling.percent)})
    if place == "query":
        return replace(sent, query=[*sent.query, *spelling.pairs(declared, value, spelling.percent)])
    if place == "cookie":
        return replace(sent, cookies=[*sent.cookies, *spelling.pairs(declared, value, spelling.percent)])
    header = (name.lower(), spelling.text(declared, value, spelling.visible))
    return replace(sent, headers=[*sent.headers, header])
