"""What API Gateway does not do, whoever asks.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
"""

LARGEST_BODY = 10 * 1024 * 1024
LONGEST_SECONDS = 29.0
