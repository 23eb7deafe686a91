# What each environment must be, by the requirements. Run it with that environment's file:
#   terraform test -filter=tests/environment.tftest.hcl -var-file=environments/prod.tfvars.json

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  cognito_user_pool_arn = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_Example01"
  alarm_emails          = ["on-call@example.com"]
}

run "plans" {
  command = plan

  assert {
    condition     = var.region == { dev = "eu-west-1", sit = "eu-west-1", prod = "af-south-1" }[var.environment]
    error_message = "The environment is in another region."
  }

  assert {
    condition     = aws_api_gateway_rest_api.this.name == "bbws-product-api-${var.environment}"
    error_message = "The API has another name."
  }

  assert {
    condition     = data.aws_dynamodb_table.products.name == "products-${var.environment}"
    error_message = "The stack refers to another table."
  }

  assert {
    condition = alltrue([
      for name in ["list-products", "get-product", "create-product", "update-product", "delete-product"] :
      contains([for function in aws_lambda_function.this : function.function_name], "bbws-${name}-${var.environment}")
    ])
    error_message = "A function is missing, or has another name."
  }

  assert {
    condition = alltrue([
      for group in concat(values(aws_cloudwatch_log_group.function), [aws_cloudwatch_log_group.access]) :
      group.retention_in_days == { dev = 14, sit = 30, prod = 90 }[var.environment]
    ])
    error_message = "Logs are kept for another time."
  }

  assert {
    condition     = var.environment == "dev" || alltrue([for origin in var.allowed_origins : startswith(origin, "https://")])
    error_message = "An origin without TLS is allowed outside dev."
  }

  assert {
    condition     = var.environment == "dev" || length(aws_codedeploy_deployment_group.this) == length(local.operations)
    error_message = "A function goes live without a way back."
  }
}
