"""openapi-core as a second validator of every exchange, and the list of its known differences."""
