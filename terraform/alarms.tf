################################################################################
# Alarms
#
# One table of them: what each says, which target it holds the service to and where that target comes from, and the section
# of docs/runbooks/product_lambda_operations.md that helps. No traffic is no failure: where data are missing, nothing is
# wrong. A share of a handful is no share: those that wake somebody want a least number of requests as well.
################################################################################

locals {
  # 95 of 100 answers keep within it: the contract says so, by operation.
  latency_targets = {
    for id, operation in local.operations :
    id => try(
      local.contract_document.paths[operation.path][lower(operation.method)]["x-latency-target-ms"],
      var.alarm_thresholds.latency_milliseconds_without_target,
    )
  }

  # How many times faster than the target allows failures may come: at 14.4 two days use up what is allowed in thirty, at 6
  # five do. https://sre.google/workbook/alerting-on-slos/
  allowed_error_percent = 100 - var.alarm_thresholds.availability_percent
  burn_rates = {
    fast = { rate = 14.4, period = 300, evaluation_periods = 12, datapoints = 2 }
    slow = { rate = 6, period = 1800, evaluation_periods = 12, datapoints = 4 }
  }

  api_dimensions = { ApiName = var.api_name, Stage = var.environment }

  # Through the alias only: nobody is woken by a test of $LATEST.
  function_dimensions = {
    for id, name in local.function_names : id => { FunctionName = name, Resource = "${name}:${local.alias_name}" }
  }
  method_dimensions = {
    for id, operation in local.operations : id => merge(local.api_dimensions, { Method = operation.method, Resource = operation.path })
  }

  # The version that was published last. Lambda counts by version while an alias has two: while CodeDeploy shifts.
  # https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
  released_dimensions = {
    for id, dimensions in local.function_dimensions : id => merge(dimensions, { ExecutedVersion = aws_lambda_function.this[id].version })
  }

  # The table's own and the index's: a throttled index holds up the table's writes.
  throttle_metrics = {
    for pair in setproduct(["ReadThrottleEvents", "WriteThrottleEvents"], ["", local.index_name]) :
    lower(join("_", compact(pair))) => {
      namespace  = "AWS/DynamoDB"
      name       = pair[0]
      dimensions = merge({ TableName = local.table_name }, pair[1] == "" ? {} : { GlobalSecondaryIndexName = pair[1] })
    }
  }
}

locals {
  function_alarms = merge([
    for id, name in local.function_names : {
      "${name}-errors" = {
        operation   = id
        description = "More than ${var.alarm_thresholds.function_error_percent} % of the calls of ${id} fail: it crashes, or runs out of time or memory"
        source      = "alarm_thresholds.function_error_percent"
        runbook     = "failing-functions"
        threshold   = var.alarm_thresholds.function_error_percent
        expression  = "100 * errors / invocations"
        metrics = {
          errors      = { namespace = "AWS/Lambda", name = "Errors", dimensions = local.function_dimensions[id] }
          invocations = { namespace = "AWS/Lambda", name = "Invocations", dimensions = local.function_dimensions[id] }
        }
        evaluation_periods = 3
        datapoints         = 2
      }

      "${name}-5xx" = {
        operation   = id
        description = "More than ${var.alarm_thresholds.server_error_percent} % of the answers to ${id} are 5XX, whoever gives them"
        source      = "alarm_thresholds.server_error_percent"
        runbook     = "read-the-logs"
        threshold   = var.alarm_thresholds.server_error_percent
        expression  = "100 * errors / requests"
        metrics = {
          errors   = { namespace = "AWS/ApiGateway", name = "5XXError", dimensions = local.method_dimensions[id] }
          requests = { namespace = "AWS/ApiGateway", name = "Count", dimensions = local.method_dimensions[id] }
        }
      }

      "${name}-latency" = {
        operation   = id
        description = "p95 of ${id} is above its target, ${local.latency_targets[id]} ms"
        source      = "x-latency-target-ms"
        runbook     = "slow-answers"
        threshold   = local.latency_targets[id]
        # Of fewer calls a single cold start is the p95.
        expression = "IF(requests >= 20, latency, 0)"
        metrics = {
          latency  = { namespace = "AWS/ApiGateway", name = "Latency", dimensions = local.method_dimensions[id], stat = "p95" }
          requests = { namespace = "AWS/ApiGateway", name = "Count", dimensions = local.method_dimensions[id] }
        }
        period             = 300
        evaluation_periods = 3
        datapoints         = 2
      }

      "${name}-throttles" = {
        operation   = id
        description = "Lambda refuses calls of ${id}: its concurrency is used up"
        source      = "none may be refused"
        runbook     = "throttled-functions"
        threshold   = 0
        expression  = "SUM(METRICS())"
        metrics     = { throttles = { namespace = "AWS/Lambda", name = "Throttles", dimensions = local.function_dimensions[id] } }
      }
    }
  ]...)

  # They stop a shift and wake nobody: CodeDeploy has the old version serve again by itself. One failure is enough, for a new
  # version may see only a few requests before it serves all of them. Only the new version's count, so that a version which
  # fails can always be replaced.
  release_alarms = merge([
    for id, name in local.function_names : {
      "${name}-release-failures" = {
        operation   = id
        description = "The version of ${id} that traffic is shifted to crashes, runs out of time or memory, or answers 5XX"
        source      = "none may fail during a shift"
        runbook     = "a-release-was-stopped"
        threshold   = 0
        expression  = "SUM(FILL(METRICS(), 0))"
        metrics = {
          errors = { namespace = "AWS/Lambda", name = "Errors", dimensions = local.released_dimensions[id] }
          answers = {
            namespace  = var.api_name
            name       = "ServerErrors"
            dimensions = { Operation = id, Version = aws_lambda_function.this[id].version }
          }
        }
        for_release = true
      }

      "${name}-release-latency" = {
        operation   = id
        description = "p95 of the version of ${id} that traffic is shifted to is above its target, ${local.latency_targets[id]} ms"
        source      = "x-latency-target-ms"
        runbook     = "a-release-was-stopped"
        threshold   = local.latency_targets[id]
        expression  = "FILL(duration, 0)"
        metrics     = { duration = { namespace = "AWS/Lambda", name = "Duration", dimensions = local.released_dimensions[id], stat = "p95" } }
        # The first calls of a new process are slower; two minutes of three are not the first calls.
        evaluation_periods = 3
        datapoints         = 2
        for_release        = true
      }
    } if local.canary
  ]...)

  service_alarms = merge(
    {
      for name, burn in local.burn_rates : "${var.api_name}-availability-${name}" => {
        description        = "5XX come ${burn.rate} times faster than ${var.alarm_thresholds.availability_percent} % availability allows"
        source             = "alarm_thresholds.availability_percent"
        runbook            = "availability"
        threshold          = burn.rate * local.allowed_error_percent
        expression         = "IF(errors > 1, 100 * errors / requests, 0)"
        metrics            = local.service_error_metrics
        period             = burn.period
        evaluation_periods = burn.evaluation_periods
        datapoints         = burn.datapoints
      }
    },
    {
      "${var.api_name}-dynamodb-throttles" = {
        description = "DynamoDB throttles ${local.table_name}"
        source      = "none may be refused"
        runbook     = "throttled-table"
        threshold   = 0
        expression  = "SUM(FILL(METRICS(), 0))"
        metrics     = local.throttle_metrics
      }

      "${var.api_name}-contract-violations" = {
        description = "A function answered what the contract does not allow, and the client got a 500 instead"
        source      = "none may happen"
        runbook     = "contract-violations"
        threshold   = 0
        expression  = "SUM(METRICS())"
        metrics     = { violations = { namespace = var.api_name, name = "ContractViolations", dimensions = {} } }
      }

      "${var.api_name}-handler-failures" = {
        description = "A handler raised what nobody expected, and the client got a 500"
        source      = "none may happen"
        runbook     = "handler-failures"
        threshold   = 0
        expression  = "SUM(METRICS())"
        metrics     = { failures = { namespace = var.api_name, name = "HandlerFailures", dimensions = {} } }
      }

      "${var.api_name}-broken-items" = {
        description = "A stored product cannot be shown: it is missing from the list, and 500 when asked for"
        source      = "none may be stored"
        runbook     = "broken-items"
        threshold   = 0
        expression  = "SUM(METRICS())"
        metrics     = { items = { namespace = var.api_name, name = "BrokenItems", dimensions = {} } }
        period      = 300
      }

      "${var.api_name}-idempotency-conflicts" = {
        description = "More than ${var.alarm_thresholds.idempotency_conflicts} requests in five minutes came with a used Idempotency-Key and another body"
        source      = "alarm_thresholds.idempotency_conflicts"
        runbook     = "idempotency-conflicts"
        threshold   = var.alarm_thresholds.idempotency_conflicts
        expression  = "SUM(METRICS())"
        metrics     = { conflicts = { namespace = var.api_name, name = "IdempotencyConflicts", dimensions = {} } }
        period      = 300
      }

      "${var.api_name}-unauthorized" = {
        description = "More than ${var.alarm_thresholds.unauthorized} requests in five minutes had no valid token"
        source      = "alarm_thresholds.unauthorized"
        runbook     = "refused-tokens-and-abuse"
        threshold   = var.alarm_thresholds.unauthorized
        expression  = "SUM(METRICS())"
        metrics     = { unauthorized = { namespace = var.api_name, name = "Unauthorized", dimensions = {} } }
        period      = 300
      }

      "${var.api_name}-cold-starts" = {
        description = "p95 of the functions' cold starts is above ${var.alarm_thresholds.cold_start_milliseconds} ms"
        source      = "alarm_thresholds.cold_start_milliseconds"
        runbook     = "slow-answers"
        threshold   = var.alarm_thresholds.cold_start_milliseconds
        expression  = "FILL(start, 0)"
        metrics     = { start = { namespace = var.api_name, name = "ColdStart", dimensions = {}, stat = "p95" } }
        period      = 3600
      }
    },
  )

  service_error_metrics = {
    errors   = { namespace = "AWS/ApiGateway", name = "5XXError", dimensions = local.api_dimensions }
    requests = { namespace = "AWS/ApiGateway", name = "Count", dimensions = local.api_dimensions }
  }

  alarms = merge(local.function_alarms, local.release_alarms, local.service_alarms)
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = each.key
  alarm_description   = "${each.value.description}. What to do: ${var.runbooks}/product_lambda_operations.md#${each.value.runbook}"
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  evaluation_periods  = try(each.value.evaluation_periods, 1)
  datapoints_to_alarm = try(each.value.datapoints, 1)
  treat_missing_data  = "notBreaching"
  alarm_actions       = try(each.value.for_release, false) ? [] : [aws_sns_topic.alarms.arn]
  ok_actions          = try(each.value.for_release, false) ? [] : [aws_sns_topic.alarms.arn]

  metric_query {
    id          = "value"
    label       = each.value.description
    expression  = each.value.expression
    return_data = true
  }

  dynamic "metric_query" {
    for_each = each.value.metrics

    content {
      id = metric_query.key

      metric {
        namespace   = metric_query.value.namespace
        metric_name = metric_query.value.name
        dimensions  = metric_query.value.dimensions
        stat        = try(metric_query.value.stat, "Sum")
        period      = try(each.value.period, 60)
      }
    }
  }
}
