"""`scripts/serve`: the whole API on one machine, with the real handlers, a database and tokens."""
