"""One module an operation. Each handler is the entry point of one Lambda function."""
