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
  log_metrics = {
    ContractViolations = "{ $.message = \"response breaks the contract\" }"
    HandlerFailures    = "{ $.message = \"handler failed\" }"
    BrokenItems        = "{ ($.message = \"a stored product is broken\") || ($.message = \"a stored product breaks the contract\") }"
    FailedInvocations  = "{ ($.type = \"platform.report\") && ($.record.status != \"success\") }"
  }

  log_metric_filters = {
    for pair in setproduct(keys(local.operations), keys(local.log_metrics)) :
    "${pair[0]}.${pair[1]}" => { operation = pair[0], metric = pair[1] }
  }
}

resource "aws_cloudwatch_log_metric_filter" "this" {
  for_each = local.log_metric_filters

  name           = each.value.metric
  log_group_name = aws_cloudwatch_log_group.function[each.value.operation].name
  pattern        = local.log_metrics[each.value.metric]

  metric_transformation {
    namespace     = var.api_name
    name          = each.value.metric
    value         = "1"
    default_value = "0"
  }
}

################################################################################
# Who is told
################################################################################

resource "aws_sns_topic" "alarms" {
  name = "${var.api_name}-alarms"
  # Not the AWS-managed key: alarms may not use it, and would fail without a word.
  kms_master_key_id = var.kms_key_arn
}

resource "aws_sns_topic_subscription" "email" {
  for_each = toset(var.alarm_emails)

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.value
}

################################################################################
# Alarms: each function
################################################################################

locals {
  # Invocations through the alias only: nobody is paged for a test of $LATEST.
  function_dimensions = {
    for id, name in local.function_names : id => { FunctionName = name, Resource = "${name}:${local.alias_name}" }
  }
}

resource "aws_cloudwatch_metric_alarm" "function_errors" {
  for_each = local.operations

  alarm_name          = "${local.function_names[each.key]}-errors"
  alarm_description   = "More than ${var.alarm_thresholds.function_error_percent} % of the calls of ${each.key} fail"
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.alarm_thresholds.function_error_percent
  # Fast enough to end a canary's first step.
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]

  metric_query {
    id          = "percent"
    label       = "Failed calls, %"
    expression  = "100 * errors / invocations"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { errors = "Errors", invocations = "Invocations" }

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/Lambda"
        metric_name = metric_query.value
        dimensions  = local.function_dimensions[each.key]
        stat        = "Sum"
        period      = 60
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "function_latency" {
  for_each = local.operations

  alarm_name          = "${local.function_names[each.key]}-latency"
  alarm_description   = "p95 of ${each.key} is above ${var.alarm_thresholds.p95_milliseconds} ms"
  namespace           = "AWS/Lambda"
  metric_name         = "Duration"
  dimensions          = local.function_dimensions[each.key]
  extended_statistic  = "p95"
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.alarm_thresholds.p95_milliseconds
  period              = 300
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  treat_missing_data  = "notBreaching"
  # Of a handful of calls a single cold start is the p95.
  evaluate_low_sample_count_percentiles = "ignore"
  alarm_actions                         = [aws_sns_topic.alarms.arn]
  ok_actions                            = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "function_throttles" {
  for_each = local.operations

  alarm_name          = "${local.function_names[each.key]}-throttles"
  alarm_description   = "Lambda refuses calls of ${each.key}: its concurrency is used up"
  namespace           = "AWS/Lambda"
  metric_name         = "Throttles"
  dimensions          = local.function_dimensions[each.key]
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 60
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

################################################################################
# Alarms: the service
################################################################################

locals {
  api_dimensions = { ApiName = var.api_name, Stage = var.environment }

  # The table's own and the index's: a throttled index holds up the table's writes.
  throttle_metrics = {
    for pair in setproduct(["ReadThrottleEvents", "WriteThrottleEvents"], ["", local.index_name]) :
    lower(join("_", compact(pair))) => {
      name       = pair[0]
      dimensions = merge({ TableName = local.table_name }, pair[1] == "" ? {} : { GlobalSecondaryIndexName = pair[1] })
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "server_errors" {
  alarm_name          = "${var.api_name}-5xx"
  alarm_description   = "More than ${var.alarm_thresholds.server_error_percent} % of the API's answers are 5XX"
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.alarm_thresholds.server_error_percent
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]

  metric_query {
    id          = "percent"
    label       = "5XX, %"
    expression  = "100 * errors / requests"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { errors = "5XXError", requests = "Count" }

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/ApiGateway"
        metric_name = metric_query.value
        dimensions  = local.api_dimensions
        stat        = "Sum"
        period      = 60
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "dynamodb_throttles" {
  alarm_name          = "${var.api_name}-dynamodb-throttles"
  alarm_description   = "DynamoDB throttles ${local.table_name}"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]

  metric_query {
    id          = "throttled"
    label       = "Throttled requests"
    expression  = "SUM(FILL(METRICS(), 0))"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = local.throttle_metrics

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/DynamoDB"
        metric_name = metric_query.value.name
        dimensions  = metric_query.value.dimensions
        stat        = "Sum"
        period      = 60
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "contract_violations" {
  alarm_name          = "${var.api_name}-contract-violations"
  alarm_description   = "A function answered what the contract does not allow, and the client got a 500 instead"
  namespace           = var.api_name
  metric_name         = "ContractViolations"
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 60
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

################################################################################
# Dashboard: what a person on call opens first
################################################################################

locals {
  alarm_arns = concat(
    [
      aws_cloudwatch_metric_alarm.server_errors.arn,
      aws_cloudwatch_metric_alarm.contract_violations.arn,
      aws_cloudwatch_metric_alarm.dynamodb_throttles.arn,
    ],
    [for alarm in aws_cloudwatch_metric_alarm.function_errors : alarm.arn],
    [for alarm in aws_cloudwatch_metric_alarm.function_latency : alarm.arn],
    [for alarm in aws_cloudwatch_metric_alarm.function_throttles : alarm.arn],
  )

  # One line for each function.
  function_series = {
    for metric in ["Invocations", "Errors", "Duration", "ConcurrentExecutions"] : metric => [
      for id, name in local.function_names : ["AWS/Lambda", metric, "FunctionName", name, { label = id }]
    ]
  }

  api_series = {
    for metric in ["Count", "4XXError", "5XXError", "Latency"] :
    metric => ["AWS/ApiGateway", metric, "ApiName", var.api_name, "Stage", var.environment]
  }

  graphs = [
    {
      title  = "Requests and refusals"
      stat   = "Sum"
      series = [local.api_series["Count"], local.api_series["4XXError"], local.api_series["5XXError"]]
    },
    {
      title = "Latency of the API"
      stat  = "p95"
      series = [
        concat(local.api_series["Latency"], [{ stat = "p50", label = "p50" }]),
        concat(local.api_series["Latency"], [{ stat = "p95", label = "p95" }]),
        concat(local.api_series["Latency"], [{ stat = "p99", label = "p99" }]),
      ]
    },
    { title = "Failed calls by function", stat = "Sum", series = local.function_series["Errors"] },
    { title = "p95 duration by function", stat = "p95", series = local.function_series["Duration"] },
    { title = "Calls by function", stat = "Sum", series = local.function_series["Invocations"] },
    { title = "Copies running by function", stat = "Maximum", series = local.function_series["ConcurrentExecutions"] },
    {
      title  = "What the logs tell"
      stat   = "Sum"
      series = [for metric in keys(local.log_metrics) : [var.api_name, metric]]
    },
    {
      title = "DynamoDB throttling"
      stat  = "Sum"
      series = [
        for metric in values(local.throttle_metrics) :
        concat(["AWS/DynamoDB", metric.name], flatten([for name, value in metric.dimensions : [name, value]]))
      ]
    },
  ]

  graph_widgets = [
    for position, graph in local.graphs : {
      type   = "metric"
      x      = position % 2 * 12
      y      = 4 + floor(position / 2) * 6
      width  = 12
      height = 6
      properties = {
        title   = graph.title
        region  = var.region
        stat    = graph.stat
        period  = 60
        metrics = graph.series
      }
    }
  ]

  error_widget = {
    type   = "log"
    x      = 0
    y      = 4 + ceil(length(local.graphs) / 2) * 6
    width  = 24
    height = 8
    properties = {
      title  = "Latest errors"
      region = var.region
      query = join(" | ", concat(
        [for name in values(local.log_group_names) : "SOURCE '${name}'"],
        [
          "fields @timestamp, operationId, message, exceptionType, keyword, pointer, requestId",
          "filter level = 'ERROR'",
          "sort @timestamp desc",
          "limit 50",
        ],
      ))
      view = "table"
    }
  }
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.api_name

  dashboard_body = jsonencode({
    widgets = concat(
      [{
        type       = "alarm"
        x          = 0
        y          = 0
        width      = 24
        height     = 4
        properties = { title = "Alarms", alarms = local.alarm_arns }
      }],
      local.graph_widgets,
      [local.error_widget],
    )
  })
}
