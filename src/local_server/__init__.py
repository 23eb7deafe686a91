"""`scripts/serve`: the whole API on one machine, with the real handlers, a database and tokens."""

import argparse
from pathlib import Path

EMBEDDED, DYNAMODB_LOCAL = "embedded", "dynamodb-local"


class Options(argparse.Namespace):
    """Options of `scripts/serve`; its --help says what each is."""

    port: int
    database: str
    data: Path
    packaged: bool
    products: int
    origins: list[str]
    no_seed: bool

    @property
    def kept(self) -> Path | None:
        """The folder of a database that keeps its data."""
        return self.data / "dynamodb" if self.database == DYNAMODB_LOCAL else None
