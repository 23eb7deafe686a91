"""Validation of a deployment: calls it as its clients do, and holds every answer to the contract."""
