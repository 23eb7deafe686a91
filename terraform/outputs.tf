output "api_url" {
  description = "Where the API answers; the contract's paths follow. Under the custom domain, if there is one"
  value = var.domain_name == null ? aws_api_gateway_stage.this.invoke_url : join("/", compact([
    "https://${var.domain_name}", var.base_path
  ]))
}

output "published_url" {
  description = "Where the published contract says that the API answers"
  value       = var.public_host == null ? null : join("/", compact(["https://${var.public_host}", var.base_path]))
}

output "api_id" {
  description = "Id of the REST API"
  value       = aws_api_gateway_rest_api.this.id
}

output "stage_name" {
  description = "Name of the API's stage"
  value       = aws_api_gateway_stage.this.stage_name
}

output "deployment_id" {
  description = "Id of the deployment that the stage serves: note it before a change, to go back to it"
  value       = aws_api_gateway_deployment.this.id
}

output "redeployment" {
  description = "Fingerprint of all that a deployment depends on; the API is deployed anew when it changes"
  value       = local.redeployment
}

output "contract_version" {
  description = "Version of the contract that is served"
  value       = local.contract.version
}

output "functions" {
  description = "By operationId: the function, the version published last, its alias, its log group, its role"
  value = {
    for id, function in aws_lambda_function.this : id => {
      name      = function.function_name
      version   = function.version
      alias     = local.aliases[id].name
      log_group = aws_cloudwatch_log_group.function[id].name
      role      = aws_iam_role.function[id].name
    }
  }
}

output "function_names" {
  description = "The functions' names, with a space between them: for the loops of docs/runbooks"
  value       = join(" ", values(local.function_names))
}

output "canary_deployments" {
  description = "By operationId: what scripts/shift_traffic tells CodeDeploy. Empty where Terraform shifts the aliases itself"
  value = {
    for id, group in aws_codedeploy_deployment_group.this : id => {
      application      = group.app_name
      deployment_group = group.deployment_group_name
      function         = aws_lambda_function.this[id].function_name
      alias            = local.aliases[id].name
      version          = aws_lambda_function.this[id].version
    }
  }
}

output "table_name" {
  description = "The table that this stack refers to"
  value       = data.aws_dynamodb_table.products.name
}

output "access_log_group" {
  description = "Log group of the requests to the API"
  value       = aws_cloudwatch_log_group.access.name
}

output "alarm_topic_arn" {
  description = "SNS topic that alarms go to"
  value       = aws_sns_topic.alarms.arn
}

output "dashboard_name" {
  description = "CloudWatch dashboard to open first"
  value       = aws_cloudwatch_dashboard.this.dashboard_name
}
