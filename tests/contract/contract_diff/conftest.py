"""The profile for a long look at random schemas: `pytest tests/contract/contract_diff --hypothesis-profile=long`."""

from hypothesis import settings

settings.register_profile("long")
