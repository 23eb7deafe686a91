"""schemathesis against a running API, local or deployed. Behind scripts/fuzz; no Lambda carries this package."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""RFC 9110, 9.2.1: whoever sends one of these asks for no change."""
