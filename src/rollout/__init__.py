"""Which package goes where, traffic to its versions by degrees, and back. No Lambda carries this package."""
