"""schemathesis against a running API, local or deployed. Behind scripts/fuzz; no Lambda carries this package."""
