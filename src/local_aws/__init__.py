"""What stands for AWS on a laptop and in CI: API Gateway, Lambda, a Cognito user pool, DynamoDB."""

ACCOUNT = "000000000000"


class CannotStart(Exception):
    """Exception for a server that cannot start. The message is one line for a person, and says what to do about it."""
