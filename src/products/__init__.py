"""The product catalogue: five operations on one DynamoDB table."""
