"""How dates and times are spelled (RFC 3339, section 5.6): in ASCII digits.

jsonschema-rs 0.60.3 takes the characters from `*` to `/` for digits in them: `2025-0*-31` is a date to it. So a
compiled table has a pattern beside each of these formats, and what breaks that breaks the format.
"""

from __future__ import annotations

from collections.abc import Mapping

_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"

GRAMMARS: Mapping[str, str] = {"date": f"^{_DATE}$", "time": f"^{_TIME}$", "date-time": f"^{_DATE}[Tt]{_TIME}$"}
