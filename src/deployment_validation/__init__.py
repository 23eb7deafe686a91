"""Tells whether a deployment works: calls it as its clients do, and holds every answer to the contract."""
