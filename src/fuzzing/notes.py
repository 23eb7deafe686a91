"""What a run and its hooks, which schemathesis loads in a process of its own, tell each other."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Notes:
    """`run` is a word that no other run has; `created` is the file of the ids of the products that the run creates.

    With `own_only` no other product is written.
    """

    run: str
    created: Path
    own_only: bool

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Notes:
        return cls(environment["FUZZ_RUN"], Path(environment["FUZZ_CREATED"]), environment["FUZZ_OWN_ONLY"] == "true")

    def environment(self) -> dict[str, str]:
        """As `read` takes it."""
        own_only = "true" if self.own_only else "false"
        return {"FUZZ_RUN": self.run, "FUZZ_CREATED": str(self.created), "FUZZ_OWN_ONLY": own_only}

    def add(self, product_id: str) -> None:
        """On disk at once: the process may be killed."""
        with self.created.open("a", encoding="utf-8") as file:
            file.write(f"{product_id}\n")

    def created_ids(self) -> list[str]:
        """In the order of their creation, each once."""
        if not self.created.exists():
            return []
        return list(dict.fromkeys(self.created.read_text(encoding="utf-8").split()))
