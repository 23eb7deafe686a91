"""`Request` and `Response`: what a handler is given and what it returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeAlias
from urllib.parse import quote, unquote

JSON: TypeAlias = "dict[str, JSON] | list[JSON] | str | int | Decimal | bool | None"

_SEGMENT = "!$&'()*+,;=:@"  # What a segment may have (RFC 3986, 3.3), besides what needs no quoting anywhere.
_NOTHING: Any = MappingProxyType({})

# Types of one operation's parameters and body: generated/operation_types.pyi has them for each. JSON without them.
if TYPE_CHECKING:
    from typing_extensions import TypeVar

    Path = TypeVar("Path", default=Mapping[str, JSON])
    Query = TypeVar("Query", default=Mapping[str, JSON])
    Headers = TypeVar("Headers", default=Mapping[str, JSON])
    Body = TypeVar("Body", default=JSON)
else:
    from typing import TypeVar

    Path, Query, Headers, Body = map(TypeVar, ("Path", "Query", "Headers", "Body"))
_NO_BODY: Any = None


class Request(Generic[Path, Query, Headers, Body]):
    """A valid request: every value is typed, checked, and defaulted where the contract has a default.

    `path` is the path as the client sent it, stage or base path included, without the query. A parameter that was not
    sent and has no default is absent from its mapping. `headers` holds the declared header parameters only, spelled as
    the contract spells them. `body` is None when there is none. `claims` are the authorizer's, None without one.
    `route` is the operation's path in the contract, a template.
    """

    def __init__(  # noqa: PLR0913  (a named tuple of them would cost each cold start a third of a millisecond)
        self,
        operation_id: str,
        request_id: str,
        path: str,
        *,
        path_parameters: Path = _NOTHING,
        query: Query = _NOTHING,
        headers: Headers = _NOTHING,
        body: Body = _NO_BODY,
        claims: Mapping[str, object] | None = None,
        cookies: Mapping[str, JSON] = _NOTHING,
        route: str = "/",
    ) -> None:
        self.operation_id = operation_id
        self.request_id = request_id
        self.path = path
        self.path_parameters = path_parameters
        self.query = query
        self.headers = headers
        self.body = body
        self.claims = claims
        self.cookies = cookies
        self.route = route

    def location(self, name: str) -> str:
        """Returns the path of `name`, a resource below the one requested, as the client can reach it.

        It has the stage or base path of the request, and the contract's spelling of the rest: the client's may have
        empty segments or needless percent-encoding, which a REST API routes all the same, and `//` begins another host.
        """
        below = f"/{quote(name, _SEGMENT)}"
        spelt_so = self.path.endswith(self.route) and "{" not in self.route and "//" not in self.path
        if spelt_so and quote(self.path, f"/{_SEGMENT}") == self.path:  # Nearly always.
            return self.path + below
        sent = [quote(unquote(segment), _SEGMENT) for segment in self.path.split("/") if segment]
        own: list[str] = []
        for segment in reversed([each for each in self.route.split("/") if each]):
            last = sent.pop() if sent else segment
            own.insert(0, last if "{" in segment else segment)
        return "/" + "/".join(sent + own) + below


class Response(NamedTuple):
    """An answer: `body` None means no body (or JSON null, where the contract declares a body that may be null).

    `fallback` makes the answer to give instead if this one is not valid: a list without its invalid members, say. None
    for no better one. Whatever it raises is a 500, logged as `handler failed`; a Refusal's own status is not given. So
    a handler need not check in advance what is checked anyway. Both answers are validated; the fallback of a fallback
    is not asked.
    """

    status: int
    body: JSON = None
    headers: Mapping[str, str] = _NOTHING
    fallback: Callable[[], Response | None] | None = None
