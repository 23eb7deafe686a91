################################################################################
# One role for each function
################################################################################

locals {
  # By operation: what its code calls on the table and on its indexes, no more. From generated/handler_permissions.json.
  dynamodb_statements = {
    for id in keys(local.operations) : id => [
      for resource, actions in try(local.handler_permissions[id].dynamodb, {}) : {
        Effect   = "Allow"
        Action   = sort(actions)
        Resource = join("/", compact([data.aws_dynamodb_table.products.arn, trimprefix(resource, "table")]))
      }
    ]
  }

  # Only the function that makes page tokens. A customer-managed key of the environment's encrypts the parameter, too.
  parameter_statements = {
    for id in keys(local.operations) : id => concat(
      [
        for actions in values(try(local.handler_permissions[id].ssm, {})) : {
          Effect   = "Allow"
          Action   = sort(actions)
          Resource = "arn:${local.partition}:ssm:${var.region}:${local.account_id}:parameter${local.signing_keys_parameter}"
        }
      ],
      [
        for key in compact([can(local.handler_permissions[id].ssm) ? var.kms_key_arn : null]) : {
          Effect   = "Allow"
          Action   = ["kms:Decrypt"]
          Resource = key
        }
      ],
    )
  }

  log_statements = {
    for id, name in local.log_group_names : id => {
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = "arn:${local.partition}:logs:${var.region}:${local.account_id}:log-group:${name}:log-stream:*"
    }
  }

  # X-Ray knows no resources to narrow these to.
  # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
  trace_statement = {
    Effect   = "Allow"
    Action   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
    Resource = "*"
  }
}

resource "aws_iam_role" "function" {
  for_each = local.operations

  name        = "${local.function_names[each.key]}-${var.region}"
  description = "What ${local.function_names[each.key]} may do"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "function" {
  for_each = local.operations

  name = "function"
  role = aws_iam_role.function[each.key].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      local.dynamodb_statements[each.key],
      local.parameter_statements[each.key],
      [local.log_statements[each.key], local.trace_statement],
    )
  })
}

################################################################################
# CodeDeploy, where it shifts traffic
################################################################################

resource "aws_iam_role" "codedeploy" {
  count = local.canary ? 1 : 0

  name        = "${var.api_name}-codedeploy-${var.region}"
  description = "Shifts the aliases of ${var.api_name} from version to version"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "codedeploy.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = local.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "codedeploy" {
  count = local.canary ? 1 : 0

  name = "shift-traffic"
  role = aws_iam_role.codedeploy[0].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Action = ["lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig", "lambda:UpdateAlias"]
        Resource = flatten([
          for arn in values(local.function_arns) : [arn, "${arn}:*"]
        ])
      },
      {
        Effect   = "Allow"
        Action   = ["cloudwatch:DescribeAlarms"]
        Resource = "arn:${local.partition}:cloudwatch:${var.region}:${local.account_id}:alarm:*"
      },
    ]
  })
}
