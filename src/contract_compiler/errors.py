"""What stops the compiler without being a fault of the document."""

from __future__ import annotations


class ToolError(Exception):
    """A program that the compiler calls is missing or failed."""

    def __init__(self, tool: str, output: str) -> None:
        super().__init__(f"{tool}: {output.strip()}")
