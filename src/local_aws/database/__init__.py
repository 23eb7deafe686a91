"""DynamoDB on a laptop: the table of the requirements, in an engine that speaks DynamoDB's own protocol."""

from __future__ import annotations

from typing import Protocol

from local_aws.database.table import create_table

__all__ = ["Database", "create_table"]


class Database(Protocol):
    """An engine: `launch` begins to start it, `wait` returns when it listens at `endpoint`, `stop` ends it."""

    @property
    def endpoint(self) -> str: ...

    def launch(self) -> None: ...

    def wait(self) -> None: ...

    def stop(self) -> None: ...
