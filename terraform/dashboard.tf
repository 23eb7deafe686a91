################################################################################
# Dashboard: what a person on call opens first
################################################################################

locals {
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

  # By operation, as clients meet it: the gateway's own figures.
  operation_series = {
    for metric in ["Count", "4XXError", "5XXError", "Latency"] : metric => [
      for id, dimensions in local.method_dimensions :
      concat(["AWS/ApiGateway", metric], flatten([for name, value in dimensions : [name, value]]), [{ label = id }])
    ]
  }

  latency_annotations = [for id, target in local.latency_targets : { label = "target of ${id}", value = target }]

  graphs = [
    { title = "Rate: requests by operation", stat = "Sum", series = local.operation_series["Count"] },
    { title = "Errors: 5XX by operation", stat = "Sum", series = local.operation_series["5XXError"] },
    { title = "Duration: p95 by operation", stat = "p95", series = local.operation_series["Latency"], annotations = local.latency_annotations },
    { title = "Refusals: 4XX by operation", stat = "Sum", series = local.operation_series["4XXError"] },
    {
      title  = "All requests, and those refused"
      stat   = "Sum"
      series = [local.api_series["Count"], local.api_series["4XXError"], local.api_series["5XXError"]]
    },
    {
      title = "Latency of the API"
      stat  = "p95"
      series = [
        for percentile in ["p50", "p95", "p99"] :
        concat(local.api_series["Latency"], [{ stat = percentile, label = percentile }])
      ]
    },
    { title = "Failed calls by function", stat = "Sum", series = local.function_series["Errors"] },
    { title = "p95 duration by function", stat = "p95", series = local.function_series["Duration"] },
    { title = "Calls by function", stat = "Sum", series = local.function_series["Invocations"] },
    { title = "Copies running by function", stat = "Maximum", series = local.function_series["ConcurrentExecutions"] },
    {
      title  = "What the logs count"
      stat   = "Sum"
      series = [for metric, filter in local.function_log_metrics : [var.api_name, metric] if !can(filter.value) && !can(filter.dimensions)]
    },
    {
      title = "DynamoDB throttling"
      stat  = "Sum"
      series = [
        for metric in values(local.throttle_metrics) :
        concat([metric.namespace, metric.name], flatten([for name, value in metric.dimensions : [name, value]]))
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
        annotations = {
          horizontal = try(graph.annotations, [])
        }
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
          "fields @timestamp, operationId, message, exceptionType, places.0, gatewayRequestId, requestId",
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
        properties = { title = "${local.contract.title} ${local.contract.version} in ${var.environment}: alarms", alarms = [for alarm in aws_cloudwatch_metric_alarm.this : alarm.arn] }
      }],
      local.graph_widgets,
      [local.error_widget],
    )
  })
}
