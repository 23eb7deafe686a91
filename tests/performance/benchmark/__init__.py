"""What the contract's checks cost: cold starts of whole processes, and warm requests. Run as scripts/benchmark.

The programs that are measured are in `programs`; each stands alone, for it runs without this package.
"""
