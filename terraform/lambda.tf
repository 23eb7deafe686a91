################################################################################
# Functions
################################################################################

locals {
  # Everything that the code may read; each function gets what its handler says.
  environment_variables = {
    PRODUCTS_TABLE                = data.aws_dynamodb_table.products.name
    ALLOWED_ORIGINS               = join(",", var.allowed_origins)
    CURSOR_SIGNING_KEYS_PARAMETER = local.signing_keys_parameter
  }

  packages = { for id, operation in local.operations : id => "${local.package_dir}/${operation.module}.zip" }
}

resource "aws_lambda_function" "this" {
  for_each = local.operations

  function_name = local.function_names[each.key]
  description   = "${each.value.method} ${each.value.path}"
  role          = aws_iam_role.function[each.key].arn

  filename         = local.packages[each.key]
  source_code_hash = fileexists(local.packages[each.key]) ? filebase64sha256(local.packages[each.key]) : null
  handler          = "products.handlers.${each.value.module}.handler"
  runtime          = "python3.13"
  architectures    = ["arm64"]
  memory_size      = var.lambda_memory_mb
  timeout          = var.lambda_timeout_seconds

  # Requests go to the alias, and an alias to a published version.
  publish = true

  reserved_concurrent_executions = lookup(var.reserved_concurrency, each.key, -1)
  kms_key_arn                    = var.kms_key_arn

  environment {
    variables = { for name in local.handler_permissions[each.key].environment : name => local.environment_variables[name] }
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.function[each.key].name
    application_log_level = var.log_level
    # The reports of invocations are INFO; a metric filter counts those that failed.
    system_log_level = "INFO"
  }

  tracing_config {
    mode = "Active"
  }

  dynamic "snap_start" {
    for_each = var.snap_start ? ["PublishedVersions"] : []

    content {
      apply_on = snap_start.value
    }
  }

  lifecycle {
    precondition {
      condition     = fileexists(local.packages[each.key])
      error_message = "There is no ${local.packages[each.key]}: run scripts/package_lambdas.sh."
    }

    precondition {
      condition     = contains(keys(local.handler_permissions), each.key)
      error_message = "generated/handler_permissions.json does not say what ${each.key} reads and calls: run scripts/generate."
    }

    precondition {
      condition     = length(setsubtract(keys(var.reserved_concurrency), keys(local.operations))) == 0
      error_message = "reserved_concurrency names operations that the contract does not have."
    }
  }

  # A function whose first log line finds no group makes one itself, without retention; one without its policy logs nothing.
  depends_on = [aws_cloudwatch_log_group.function, aws_iam_role_policy.function]
}

################################################################################
# Aliases: what API Gateway calls
#
# Without a canary Terraform moves the alias to the new version, at once. With one CodeDeploy moves it, little by little
# and back again when an alarm goes off, when scripts/shift_traffic asks it to; Terraform only makes it. An environment
# keeps to one of the two. To change over: terraform state mv 'aws_lambda_alias.live["ID"]' 'aws_lambda_alias.shifted["ID"]'
# for each operation (or back), so that no alias is deleted while requests go to it.
################################################################################

locals {
  canary  = var.canary_deployment_config != null
  aliases = merge(aws_lambda_alias.live, aws_lambda_alias.shifted)
}

resource "aws_lambda_alias" "live" {
  for_each = { for id, operation in local.operations : id => operation if !local.canary }

  name             = local.alias_name
  description      = "The version that API Gateway calls"
  function_name    = aws_lambda_function.this[each.key].function_name
  function_version = aws_lambda_function.this[each.key].version
}

resource "aws_lambda_alias" "shifted" {
  for_each = { for id, operation in local.operations : id => operation if local.canary }

  name             = local.alias_name
  description      = "The versions that API Gateway calls, as CodeDeploy weighs them"
  function_name    = aws_lambda_function.this[each.key].function_name
  function_version = aws_lambda_function.this[each.key].version

  lifecycle {
    ignore_changes = [function_version, routing_config]
  }
}

resource "aws_lambda_permission" "api_gateway" {
  for_each = local.operations

  statement_id  = "AllowApiGateway"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.this[each.key].function_name
  qualifier     = local.aliases[each.key].name
  principal     = "apigateway.amazonaws.com"

  # One method on one path of one stage; API Gateway writes a path's parameters as *.
  source_arn = join("", [
    aws_api_gateway_rest_api.this.execution_arn,
    "/${var.environment}/${each.value.method}",
    replace(each.value.path, "/\\{[^}]+\\}/", "*"),
  ])
}

################################################################################
# Canary deployments
################################################################################

resource "aws_codedeploy_app" "this" {
  count = local.canary ? 1 : 0

  name             = var.api_name
  compute_platform = "Lambda"
}

resource "aws_codedeploy_deployment_group" "this" {
  for_each = { for id, operation in local.operations : id => operation if local.canary }

  app_name               = aws_codedeploy_app.this[0].name
  deployment_group_name  = local.function_names[each.key]
  deployment_config_name = var.canary_deployment_config
  service_role_arn       = aws_iam_role.codedeploy[0].arn

  deployment_style {
    deployment_type   = "BLUE_GREEN"
    deployment_option = "WITH_TRAFFIC_CONTROL"
  }

  alarm_configuration {
    enabled = true
    # Both of its release alarms, and its share of 5XX as the gateway counts them: answers that are no answers, and functions
    # that do not answer in the gateway's time, are seen by nobody else.
    alarms = [
      for suffix in ["release-failures", "release-latency", "5xx"] :
      aws_cloudwatch_metric_alarm.this["${local.function_names[each.key]}-${suffix}"].alarm_name
    ]
  }

  auto_rollback_configuration {
    enabled = true
    events  = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"]
  }

  depends_on = [aws_iam_role_policy.codedeploy]
}
