################################################################################
# Logs
################################################################################

locals {
  log_group_names = { for id, name in local.function_names : id => "/aws/lambda/${name}" }
}

resource "aws_cloudwatch_log_group" "function" {
  for_each = local.log_group_names

  name              = each.value
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

# API Gateway gives the group its name, and writes to it what the method settings ask for.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
resource "aws_cloudwatch_log_group" "execution" {
  name              = "API-Gateway-Execution-Logs_${aws_api_gateway_rest_api.this.id}/${var.environment}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_cloudwatch_log_group" "access" {
  name              = "/aws/apigateway/${var.api_name}/access"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

################################################################################
# Metrics out of log lines
################################################################################

locals {
  # The messages are constant strings of src/contract and src/products, the reports Lambda's own.
  # https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report
  function_log_metrics = {
    ContractViolations   = { pattern = "{ $.message = \"response breaks the contract\" }" }
    HandlerFailures      = { pattern = "{ $.message = \"handler failed\" }" }
    BrokenItems          = { pattern = "{ $.message = \"a stored product is broken\" }" }
    FailedInvocations    = { pattern = "{ ($.type = \"platform.report\") && ($.record.status != \"success\") }" }
    IdempotencyConflicts = { pattern = "{ ($.message = \"request refused\") && ($.status = 422) }" }
    ColdStart            = { pattern = "{ $.record.metrics.initDurationMs > 0 }", value = "$.record.metrics.initDurationMs", unit = "Milliseconds" }

    # All that a version answers with 5XX itself, by version: what a canary is stopped for.
    ServerErrors = {
      pattern    = "{ ($.message = \"handler failed\") || ($.message = \"response breaks the contract\") || (($.message = \"request refused\") && ($.status >= 500)) }"
      dimensions = { Operation = "$.operationId", Version = "$.functionVersion" }
    }
  }

  function_log_metric_filters = {
    for pair in setproduct(keys(local.operations), keys(local.function_log_metrics)) :
    "${pair[0]}.${pair[1]}" => {
      name   = pair[1]
      group  = aws_cloudwatch_log_group.function[pair[0]].name
      metric = local.function_log_metrics[pair[1]]
    }
  }

  # The access log writes every value as a text.
  access_log_metric_filters = {
    "access.Unauthorized" = {
      name   = "Unauthorized"
      group  = aws_cloudwatch_log_group.access.name
      metric = { pattern = "{ $.status = \"401\" }" }
    }
  }
}

resource "aws_cloudwatch_log_metric_filter" "this" {
  for_each = merge(local.function_log_metric_filters, local.access_log_metric_filters)

  name           = each.value.name
  log_group_name = each.value.group
  pattern        = each.value.metric.pattern

  metric_transformation {
    namespace  = var.api_name
    name       = each.value.name
    value      = try(each.value.metric.value, "1")
    unit       = try(each.value.metric.unit, "Count")
    dimensions = try(each.value.metric.dimensions, null)
    # CloudWatch takes no default beside dimensions, and zeros would lie about a duration.
    default_value = can(each.value.metric.dimensions) || can(each.value.metric.value) ? null : "0"
  }
}

################################################################################
# Who is notified
################################################################################

resource "aws_sns_topic" "alarms" {
  name = "${var.api_name}-alarms"
  # Not the AWS-managed key: alarms may not use it, and would fail without a word.
  kms_master_key_id = var.kms_key_arn

  lifecycle {
    precondition {
      condition     = var.environment != "prod" || length(var.alarm_emails) > 0
      error_message = "Nobody would be notified of prod's alarms: set alarm_emails (the workflows take them from the variable ALARM_EMAILS of the environment prod-plan)."
    }
  }
}

resource "aws_sns_topic_subscription" "email" {
  for_each = toset(var.alarm_emails)

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.value
}
