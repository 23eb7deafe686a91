# What AWS would tell of the things that the stack only refers to, and the forms that its own must have.

mock_data "aws_caller_identity" {
  defaults = {
    account_id = "123456789012"
  }
}

mock_data "aws_partition" {
  defaults = {
    partition = "aws"
  }
}

mock_data "aws_dynamodb_table" {
  defaults = {
    arn       = "arn:aws:dynamodb:eu-west-1:123456789012:table/products-test"
    hash_key  = "PK"
    range_key = "SK"
    attribute = [
      { name = "PK", type = "S" },
      { name = "SK", type = "S" },
      { name = "active", type = "S" },
      { name = "createdAt", type = "S" },
    ]
    global_secondary_index = [{
      name               = "ActiveProductsIndex"
      hash_key           = "active"
      range_key          = "createdAt"
      projection_type    = "ALL"
      non_key_attributes = []
      read_capacity      = 0
      write_capacity     = 0
    }]

    point_in_time_recovery = [{ enabled = true, recovery_period_in_days = 35 }]
    ttl                    = [{ enabled = true, attribute_name = "expiresAt" }]
  }
}

mock_resource "aws_api_gateway_rest_api" {
  defaults = {
    execution_arn = "arn:aws:execute-api:eu-west-1:123456789012:abcdefghij"
  }
}

mock_resource "aws_lambda_function" {
  defaults = {
    arn     = "arn:aws:lambda:eu-west-1:123456789012:function:mocked"
    version = "7"
  }
}

mock_resource "aws_iam_role" {
  defaults = {
    arn = "arn:aws:iam::123456789012:role/mocked"
  }
}

mock_resource "aws_cloudwatch_log_group" {
  defaults = {
    arn = "arn:aws:logs:eu-west-1:123456789012:log-group:mocked"
  }
}

mock_resource "aws_sns_topic" {
  defaults = {
    arn = "arn:aws:sns:eu-west-1:123456789012:mocked"
  }
}

mock_resource "aws_cloudwatch_metric_alarm" {
  defaults = {
    arn = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:mocked"
  }
}

mock_resource "aws_api_gateway_stage" {
  defaults = {
    arn = "arn:aws:apigateway:eu-west-1::/restapis/abcdefghij/stages/mocked"
  }
}

mock_resource "aws_wafv2_web_acl" {
  defaults = {
    arn = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/mocked/00000000-0000-0000-0000-000000000000"
  }
}
