"""The contract as the body that an API Gateway REST API imports."""
