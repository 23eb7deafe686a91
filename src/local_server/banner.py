"""What `scripts/serve` says when it is ready."""

from __future__ import annotations

from pathlib import Path

_READY = """\
API          {url}{path}
Swagger UI   {url}/ui/
Data         {data}
Judges       {url}/_local/disagreements

An administrator's token, good for a day, to paste in a shell and under Authorize in Swagger UI:

TOKEN={token}

curl -i {url}{path} -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{example}'

Another user's:  curl -s -X POST {url}/_local/token -d '{{"groups": ["somebody"]}}'
Ctrl-C stops it. One line follows for every request.
"""

_EXAMPLE = (
    '{"name": "My package", "description": "A package made from the command line.", '
    '"price": 79.77, "period": "per year", "features": ["One domain"]}'
)


def ready(url: str, path: str, token: str, kept: Path | None) -> str:
    """The banner of a cloud at `url`; `path` is what to try first, and `kept` the folder of its data, if it has one."""
    data = f"kept in {kept}" if kept else "in memory, gone when this stops (--database dynamodb-local keeps it)"
    return _READY.format(url=url, path=path, token=token, data=data, example=_EXAMPLE)
