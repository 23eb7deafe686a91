"""The profile for a long look at random contracts: `pytest tests/contract/differential --hypothesis-profile=long`."""

from hypothesis import settings

settings.register_profile("long")
