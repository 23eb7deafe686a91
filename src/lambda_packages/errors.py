"""Why a package cannot be built."""

from __future__ import annotations


class BuildError(Exception):
    """Nothing is packaged. The message names the file, the module or the tool at fault, and what to do about it."""
