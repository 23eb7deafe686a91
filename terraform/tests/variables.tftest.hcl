# What is no sensible setting is refused, before anything is planned.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  cognito_user_pool_arn = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_Example01"
}

run "refused_together" {
  command = plan

  variables {
    environment              = "test"
    region                   = "Ireland"
    name_prefix              = "BBWS"
    api_name                 = "Product API"
    cognito_user_pool_arn    = "eu-west-1_Example01"
    table_name               = "p"
    request_validation       = "body"
    kms_key_arn              = "alias/aws/sns"
    domain_name              = "https://api.example.com/"
    public_host              = "https://api.example.com/"
    base_path                = "/products"
    waf_rate_limit           = 5
    lambda_memory_mb         = 64
    lambda_timeout_seconds   = 3
    reserved_concurrency     = { listProducts = 0 }
    log_level                = "FATAL"
    log_retention_days       = 42
    canary_deployment_config = "Canary10Percent5Minutes"
    alarm_emails             = ["nobody"]
    alarm_thresholds         = { unauthorized = 0 }
    runbooks                 = "https://example.com/run books/"
    default_throttling       = { rate = 1, burst = 0.5 }
    allowed_origins          = []
  }

  expect_failures = [
    var.environment, var.region, var.name_prefix, var.api_name, var.cognito_user_pool_arn, var.table_name, var.request_validation, var.public_host, var.kms_key_arn,
    var.domain_name, var.base_path, var.lambda_memory_mb, var.lambda_timeout_seconds, var.reserved_concurrency,
    var.log_level, var.log_retention_days, var.canary_deployment_config, var.alarm_emails, var.alarm_thresholds, var.runbooks, var.waf_rate_limit,
    var.default_throttling, var.allowed_origins,
  ]
}

run "an_origin_is_not_a_wildcard" {
  command = plan

  variables {
    allowed_origins = ["*"]
  }

  expect_failures = [var.allowed_origins]
}

run "an_origin_has_no_path" {
  command = plan

  variables {
    allowed_origins = ["https://portal.example.com/"]
  }

  expect_failures = [var.allowed_origins]
}

run "an_origin_cannot_leave_its_quotes" {
  command = plan

  variables {
    allowed_origins = ["https://portal.example.com', 'https://evil.example.com"]
  }

  expect_failures = [var.allowed_origins]
}

run "concurrency_is_reserved_for_operations_of_the_contract" {
  command = plan

  variables {
    reserved_concurrency = { buyProduct = 1 }
  }

  expect_failures = [aws_lambda_function.this]
}

run "prod_without_anybody_who_is_told_is_refused" {
  command = plan

  variables {
    environment  = "prod"
    alarm_emails = []
  }

  expect_failures = [aws_sns_topic.alarms]
}
