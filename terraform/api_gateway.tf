################################################################################
# The API: one body, compiled from the contract and from openapi/apigateway.yaml
################################################################################

locals {
  # No resources, methods, models or gateway responses of Terraform's own: an import takes away what is not in the body.
  rest_api_body = templatefile(local.body_file, {
    api_name              = var.api_name
    cognito_user_pool_arn = var.cognito_user_pool_arn
    request_validator     = var.request_validation
    allowed_origins       = join(", ", [for origin in var.allowed_origins : "'${origin}'"])
    error_origin          = var.allowed_origins[0]
    invoke_arns = {
      for id, arn in local.function_arns :
      id => "arn:${local.partition}:apigateway:${var.region}:lambda:path/2015-03-31/functions/${arn}:${local.alias_name}/invocations"
    }
  })

  rest_api_settings = {
    endpoint_types   = ["REGIONAL"]
    fail_on_warnings = true
    # The contract's only server is the host itself.
    parameters = { basepath = "ignore" }
  }

  # The deployment is a snapshot: without a new one the stage goes on with the old API. The sources are here too, so that
  # every deployment can be traced to the very contract that it was made from.
  redeployment = sha256(jsonencode({
    body     = local.rest_api_body
    settings = local.rest_api_settings
    sources  = [for file in [local.contract_file, local.settings_file] : filesha256(file)]
  }))
}

resource "aws_api_gateway_rest_api" "this" {
  # The body's title: an import gives it to the API as its name.
  name              = var.api_name
  body              = local.rest_api_body
  put_rest_api_mode = "overwrite"
  fail_on_warnings  = local.rest_api_settings.fail_on_warnings
  parameters        = local.rest_api_settings.parameters

  # Behind a domain name nobody is to go round what guards it.
  disable_execute_api_endpoint = var.domain_name != null

  endpoint_configuration {
    types = local.rest_api_settings.endpoint_types
  }

  tags = {
    ContractVersion = local.contract.version
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  description = "${local.contract.title} ${local.contract.version}"

  triggers = {
    redeployment = local.redeployment
  }

  lifecycle {
    # The stage moves to the new deployment before the old one goes.
    create_before_destroy = true
  }

  # What goes live must find its functions, and be allowed to call them.
  depends_on = [aws_lambda_permission.api_gateway]
}

resource "aws_api_gateway_stage" "this" {
  rest_api_id   = aws_api_gateway_rest_api.this.id
  deployment_id = aws_api_gateway_deployment.this.id
  # A stage's name cannot hold the dot of the paths' /v1.0.
  stage_name           = var.environment
  xray_tracing_enabled = true

  # The stage would make its execution log group itself, one that keeps everything for good.
  depends_on = [aws_cloudwatch_log_group.execution]

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn

    # Every value is quoted: what does not apply to a request comes as a bare minus sign.
    format = jsonencode({
      requestTime        = "$context.requestTime"
      requestId          = "$context.requestId"
      extendedRequestId  = "$context.extendedRequestId"
      traceId            = "$context.xrayTraceId"
      sourceIp           = "$context.identity.sourceIp"
      httpMethod         = "$context.httpMethod"
      resourcePath       = "$context.resourcePath"
      status             = "$context.status"
      responseLatency    = "$context.responseLatency"
      responseLength     = "$context.responseLength"
      integrationLatency = "$context.integration.latency"
      integrationStatus  = "$context.integration.integrationStatus"
      integrationError   = "$context.integration.error"
      authorizerError    = "$context.authorizer.error"
      responseType       = "$context.error.responseType"
    })
  }
}

################################################################################
# Throttling, metrics and execution logs
#
# API Gateway writes logs with a role that is set once for an account and region (aws_api_gateway_account). Every API there
# shares it, so it belongs to the account's own stack and not to this one.
################################################################################

locals {
  # API Gateway counts by method: the contract's limits are of one operation, too. By method path, as API Gateway writes
  # it: slashes as ~1 (RFC 6901). https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateStage.html
  method_throttling = {
    for operation in values(local.operations) :
    "${replace(operation.path, "/", "~1")}/${operation.method}" => operation.throttling
    if operation.throttling != null
  }
}

# What is set for all methods at once takes the place of what a method has: it comes first.
# https://github.com/hashicorp/terraform-provider-aws/issues/41104
resource "aws_api_gateway_method_settings" "default" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "*/*"

  settings {
    metrics_enabled        = true
    logging_level          = "ERROR"
    data_trace_enabled     = false # It would log bodies and tokens.
    throttling_rate_limit  = var.default_throttling.rate
    throttling_burst_limit = var.default_throttling.burst
  }
}

resource "aws_api_gateway_method_settings" "this" {
  for_each = local.method_throttling

  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = each.key

  settings {
    metrics_enabled        = true
    logging_level          = "ERROR"
    data_trace_enabled     = false
    throttling_rate_limit  = each.value.requestsPerSecond
    throttling_burst_limit = each.value.burst
  }

  depends_on = [aws_api_gateway_method_settings.default]
}

moved {
  from = aws_api_gateway_method_settings.this["*/*"]
  to   = aws_api_gateway_method_settings.default
}

################################################################################
# The custom domain, if there is one
################################################################################

resource "aws_api_gateway_base_path_mapping" "this" {
  count = var.domain_name == null ? 0 : 1

  api_id      = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  domain_name = var.domain_name
  base_path   = var.base_path
}
