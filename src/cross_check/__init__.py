"""openapi-core as a second validator of every exchange; its known differences are no disagreements."""
