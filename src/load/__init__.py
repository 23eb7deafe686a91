"""`scripts/load`: a held rate of requests against any URL of the API, held to the contract's latency targets."""
