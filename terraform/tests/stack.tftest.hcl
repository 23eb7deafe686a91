# What holds in every environment. The packages must be built, or TF_VAR_package_dir name a folder with a file for each:
#   terraform test -var-file=environments/dev.tfvars.json

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  cognito_user_pool_arn = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_Example01"
}

run "one_of_each_for_every_operation" {
  # The runs after this one plan on what it made: attributes that only exist once applied have values there.
  command = apply

  assert {
    condition = alltrue([
      for resources in [
        aws_lambda_function.this, aws_iam_role.function, aws_iam_role_policy.function, aws_cloudwatch_log_group.function,
        aws_lambda_permission.api_gateway, local.aliases,
      ] : keys(resources) == keys(local.operations)
    ])
    error_message = "An operation lacks its function, role, policy, log group, permission or alias, or has one too many."
  }

  assert {
    condition = alltrue([
      for id, operation in local.operations :
      jsondecode(aws_api_gateway_rest_api.this.body).paths[operation.path][lower(operation.method)]["x-amazon-apigateway-integration"].uri
      == "arn:aws:apigateway:${var.region}:lambda:path/2015-03-31/functions/arn:aws:lambda:${var.region}:123456789012:function:${aws_lambda_function.this[id].function_name}:live/invocations"
    ])
    error_message = "An operation's integration does not call the alias of its own function."
  }

  assert {
    condition = alltrue([
      for id, operation in local.operations :
      aws_lambda_function.this[id].handler == "products.handlers.${operation.module}.handler"
      && endswith(aws_lambda_function.this[id].filename, "/${operation.module}.zip")
    ])
    error_message = "A function has another operation's package or handler."
  }

  assert {
    condition = alltrue([
      for function in aws_lambda_function.this :
      function.architectures == tolist(["arm64"]) && function.runtime == "python3.13" && function.publish
      && function.tracing_config[0].mode == "Active" && function.logging_config[0].log_format == "JSON"
      && function.memory_size == 256 && function.timeout == 30
    ])
    error_message = "A function is not as the requirements have it."
  }

  assert {
    condition = alltrue([
      for id, function in aws_lambda_function.this :
      toset(keys(function.environment[0].variables)) == toset(local.handler_permissions[id].environment)
    ])
    error_message = "A function has a variable that its code does not read, or lacks one."
  }

  assert {
    condition = alltrue([
      for id, function in aws_lambda_function.this :
      contains(keys(function.environment[0].variables), "CURSOR_SIGNING_KEYS_PARAMETER") == can(local.handler_permissions[id].ssm)
    ])
    error_message = "Only a function that makes page tokens may have their keys."
  }

  assert {
    condition = alltrue([
      for id, group in aws_cloudwatch_log_group.function :
      group.name == "/aws/lambda/${aws_lambda_function.this[id].function_name}" && group.retention_in_days == var.log_retention_days
    ])
    error_message = "A log group does not belong to its function, or keeps its logs too long."
  }
}

run "roles_allow_what_the_code_calls_and_no_more" {
  command = plan

  assert {
    condition = alltrue(flatten([
      for policy in concat(values(aws_iam_role_policy.function), aws_iam_role_policy.codedeploy) : [
        for statement in jsondecode(policy.policy).Statement : [for action in statement.Action : !strcontains(action, "*")]
      ]
    ]))
    error_message = "A policy has a wildcard among its actions."
  }

  assert {
    condition = alltrue(flatten([
      for policy in values(aws_iam_role_policy.function) : [
        for statement in jsondecode(policy.policy).Statement :
        statement.Resource != "*" || alltrue([for action in statement.Action : startswith(action, "xray:")])
      ]
    ]))
    error_message = "A function may do more than trace on any resource."
  }

  assert {
    condition = alltrue([
      for id, policy in aws_iam_role_policy.function :
      toset(flatten([
        for statement in jsondecode(policy.policy).Statement :
        [for action in statement.Action : "${action} ${statement.Resource}" if startswith(action, "dynamodb:")]
        ])) == toset(flatten([
        for resource, actions in local.handler_permissions[id].dynamodb : [
          for action in actions :
          "${action} ${data.aws_dynamodb_table.products.arn}${resource == "table" ? "" : "/${resource}"}"
        ]
      ]))
    ])
    error_message = "A role does not allow exactly what generated/handler_permissions.json says."
  }

  assert {
    condition = alltrue([
      for id, policy in aws_iam_role_policy.function :
      one([for statement in jsondecode(policy.policy).Statement : statement.Resource if contains(statement.Action, "logs:PutLogEvents")])
      == "arn:aws:logs:${var.region}:123456789012:log-group:/aws/lambda/${aws_lambda_function.this[id].function_name}:log-stream:*"
    ])
    error_message = "A function may write to another's logs."
  }
}

run "who_makes_page_tokens_may_read_their_keys_and_nobody_else" {
  command = plan

  assert {
    condition = alltrue([
      for id, policy in aws_iam_role_policy.function :
      join(",", [for statement in jsondecode(policy.policy).Statement : statement.Resource if contains(statement.Action, "ssm:GetParameter")])
      == (can(local.handler_permissions[id].ssm) ? "arn:aws:ssm:${var.region}:123456789012:parameter/${var.api_name}/cursor-signing-keys" : "")
    ])
    error_message = "A function may read keys that it does not need, or not those that it needs."
  }
}

run "api_gateway_may_call_each_alias_by_its_own_route_only" {
  command = plan

  assert {
    condition = alltrue([
      for id, permission in aws_lambda_permission.api_gateway :
      permission.qualifier == "live" && permission.function_name == aws_lambda_function.this[id].function_name
      && permission.principal == "apigateway.amazonaws.com" && permission.action == "lambda:InvokeFunction"
    ])
    error_message = "A permission is not for the alias of its own function."
  }

  assert {
    condition = aws_lambda_permission.api_gateway["updateProduct"].source_arn == join("", [
      aws_api_gateway_rest_api.this.execution_arn, "/${var.environment}/PUT/v1.0/products/*",
    ])
    error_message = "A permission is not scoped to stage, method and path."
  }

  assert {
    condition     = length(distinct([for permission in aws_lambda_permission.api_gateway : permission.source_arn])) == length(local.operations)
    error_message = "Two operations share a permission."
  }
}

run "the_stage_logs_traces_and_throttles_each_method" {
  command = plan

  assert {
    condition     = aws_api_gateway_stage.this.stage_name == var.environment && aws_api_gateway_stage.this.xray_tracing_enabled
    error_message = "The stage is not named after its environment, or not traced."
  }

  assert {
    condition = (
      aws_cloudwatch_log_group.execution.name == "API-Gateway-Execution-Logs_${aws_api_gateway_rest_api.this.id}/${var.environment}"
      && aws_cloudwatch_log_group.execution.retention_in_days == var.log_retention_days
    )
    error_message = "The stage's execution log is not the stack's own, or keeps its lines too long."
  }

  assert {
    condition     = jsondecode(aws_api_gateway_stage.this.access_log_settings[0].format).requestId == "$context.requestId"
    error_message = "The access log is not JSON with the request's id."
  }

  assert {
    condition = alltrue([
      for operation in values(local.operations) :
      aws_api_gateway_method_settings.this["${replace(operation.path, "/", "~1")}/${operation.method}"].settings[0].throttling_rate_limit
      == local.contract_document.x-throttling[operation.method == "GET" ? "read" : "write"].requestsPerSecond
    ])
    error_message = "An operation is not throttled as the contract says."
  }

  assert {
    condition     = aws_api_gateway_method_settings.default.method_path == "*/*"
    error_message = "The methods to which the contract sets no limit have none."
  }

  assert {
    condition = alltrue([
      for method in concat(values(aws_api_gateway_method_settings.this), [aws_api_gateway_method_settings.default]) :
      !method.settings[0].data_trace_enabled
    ])
    error_message = "Bodies and tokens are logged."
  }
}

run "the_api_is_the_rendered_body" {
  command = plan

  assert {
    condition     = aws_api_gateway_rest_api.this.name == jsondecode(aws_api_gateway_rest_api.this.body).info.title
    error_message = "The import would rename the API."
  }

  assert {
    condition     = aws_api_gateway_rest_api.this.name == "bbws-product-api-${var.environment}"
    error_message = "The API does not have the name of the requirements."
  }

  assert {
    condition     = aws_api_gateway_rest_api.this.fail_on_warnings && aws_api_gateway_rest_api.this.put_rest_api_mode == "overwrite"
    error_message = "A warning may drop a route, or an operation that is gone may stay."
  }

  assert {
    condition     = aws_api_gateway_rest_api.this.endpoint_configuration[0].types == tolist(["REGIONAL"])
    error_message = "The API is not regional."
  }

  assert {
    condition     = !strcontains(aws_api_gateway_rest_api.this.body, "$${")
    error_message = "A placeholder was not filled in."
  }

  assert {
    condition     = length(aws_api_gateway_base_path_mapping.this) == 0
    error_message = "There is a base path mapping without a domain name."
  }
}

run "a_domain_name_maps_the_base_path" {
  command = plan

  variables {
    domain_name = "api.example.com"
  }

  assert {
    condition     = aws_api_gateway_base_path_mapping.this[0].domain_name == "api.example.com" && output.api_url == "https://api.example.com"
    error_message = "The API is not served under its domain name."
  }

  assert {
    condition     = aws_api_gateway_rest_api.this.disable_execute_api_endpoint
    error_message = "What guards the domain, a CDN say, can be gone round by the API's own address."
  }
}

run "a_limit_for_each_client_is_chosen" {
  command = plan

  variables {
    waf_rate_limit = 2000
  }

  assert {
    condition = (
      one(one(aws_wafv2_web_acl.this[0].rule).statement[0].rate_based_statement).limit == 2000
      && length(aws_wafv2_web_acl_association.this) == 1
    )
    error_message = "No address is held to the limit."
  }
}

run "alarms_reach_the_topic" {
  command = plan

  variables {
    alarm_emails = ["on-call@example.com"]
  }

  assert {
    condition = alltrue([
      for name, alarm in aws_cloudwatch_metric_alarm.this :
      alarm.alarm_actions == toset([aws_sns_topic.alarms.arn]) || strcontains(name, "-release-")
    ])
    error_message = "An alarm tells nobody."
  }

  assert {
    condition = alltrue([
      for alarm in aws_cloudwatch_metric_alarm.this : alarm.treat_missing_data == "notBreaching"
      && can(regex("${var.runbooks}/product_lambda_operations.md#[a-z0-9-]+$", alarm.alarm_description))
    ])
    error_message = "An alarm names no runbook, or takes silence for a failure."
  }

  assert {
    condition = alltrue([
      for id, target in local.latency_targets :
      aws_cloudwatch_metric_alarm.this["${local.function_names[id]}-latency"].threshold == target
      && target == local.contract_document.paths[local.operations[id].path][lower(local.operations[id].method)]["x-latency-target-ms"]
    ])
    error_message = "An operation is held to another latency than the contract says."
  }

  assert {
    condition     = abs(aws_cloudwatch_metric_alarm.this["${var.api_name}-availability-fast"].threshold - 1.44) < 0.001
    error_message = "The fast burn of 99.9 % availability is 14.4 times 0.1 %."
  }

  assert {
    condition     = keys(aws_sns_topic_subscription.email) == ["on-call@example.com"]
    error_message = "Nobody is subscribed to the alarms."
  }

  assert {
    condition = alltrue([
      for id in keys(local.operations) :
      aws_cloudwatch_log_metric_filter.this["${id}.ContractViolations"].pattern == "{ $.message = \"response breaks the contract\" }"
    ])
    error_message = "A function's contract violations are not counted."
  }

  assert {
    condition = alltrue([
      for word in concat(["5XXError", "Latency", "ReadThrottleEvents", local.contract.version], keys(local.operations)) :
      strcontains(aws_cloudwatch_dashboard.this.dashboard_body, word)
    ])
    error_message = "The dashboard lacks rate, errors, duration, the table's throttles, an operation or the contract's version."
  }
}

run "without_a_canary_terraform_moves_the_alias" {
  command = plan

  variables {
    canary_deployment_config = null
  }

  assert {
    condition     = alltrue([for id, alias in aws_lambda_alias.live : alias.function_version == aws_lambda_function.this[id].version])
    error_message = "An alias does not follow its function."
  }

  assert {
    condition     = length(aws_codedeploy_deployment_group.this) == 0 && output.canary_deployments == {}
    error_message = "CodeDeploy is there and has nothing to do."
  }
}

run "with_a_canary_codedeploy_moves_the_alias_and_goes_back_on_an_alarm" {
  command = plan

  variables {
    canary_deployment_config = "CodeDeployDefault.LambdaCanary10Percent5Minutes"
  }

  assert {
    condition = alltrue([
      for id, group in aws_codedeploy_deployment_group.this :
      group.deployment_config_name == "CodeDeployDefault.LambdaCanary10Percent5Minutes"
      && toset(group.auto_rollback_configuration[0].events) == toset(["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"])
      && toset(group.alarm_configuration[0].alarms) == toset([
        for suffix in ["release-failures", "release-latency", "5xx"] : "${aws_lambda_function.this[id].function_name}-${suffix}"
      ])
    ])
    error_message = "A deployment does not roll back for all that clients would see of its function."
  }

  assert {
    condition = alltrue(flatten([
      for id in keys(local.operations) : [
        for suffix in ["release-failures", "release-latency"] : [
          for query in aws_cloudwatch_metric_alarm.this["${local.function_names[id]}-${suffix}"].metric_query :
          contains(values(query.metric[0].dimensions), aws_lambda_function.this[id].version) if length(query.metric) > 0
        ]
      ]
    ]))
    error_message = "A release is stopped for what another version does."
  }

  assert {
    condition     = length(aws_lambda_alias.live) == 0 && keys(aws_lambda_alias.shifted) == keys(local.operations)
    error_message = "Terraform and CodeDeploy move the same alias."
  }

  assert {
    condition     = keys(output.canary_deployments) == keys(local.operations)
    error_message = "An operation cannot be shifted."
  }
}

run "snap_start_and_reserved_concurrency_are_chosen" {
  command = plan

  variables {
    snap_start           = true
    reserved_concurrency = { listProducts = 20 }
  }

  assert {
    condition     = alltrue([for function in aws_lambda_function.this : function.snap_start[0].apply_on == "PublishedVersions"])
    error_message = "A function does not start from a snapshot."
  }

  assert {
    condition = alltrue([
      for id, function in aws_lambda_function.this : function.reserved_concurrent_executions == (id == "listProducts" ? 20 : -1)
    ])
    error_message = "Concurrency is not reserved as chosen."
  }
}

run "another_setting_is_another_deployment" {
  command = plan

  variables {
    request_validation = "all"
  }

  assert {
    condition     = output.redeployment != run.one_of_each_for_every_operation.redeployment
    error_message = "The stage would go on with the old settings."
  }
}

run "another_origin_is_another_deployment" {
  command = plan

  variables {
    allowed_origins = ["https://another.example.com"]
  }

  assert {
    condition     = output.redeployment != run.one_of_each_for_every_operation.redeployment
    error_message = "The stage would go on allowing the old origin."
  }
}
