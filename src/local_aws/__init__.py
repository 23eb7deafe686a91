"""A laptop's AWS: API Gateway, Lambda, DynamoDB and Cognito, small enough to start with one command."""
