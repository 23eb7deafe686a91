# What an account needs once before the workflows can deploy to it: GitHub as an identity provider, a role for each GitHub
# environment, and the role that API Gateway writes its logs with. A person applies it, with an administrator's credentials,
# once for each account and region; .github/SETTINGS.md has the commands. The workflows cannot: no role here may change one.

terraform {
  required_version = ">= 1.7"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }

  backend "s3" {}
}

provider "aws" {
  region              = local.region
  allowed_account_ids = [var.account_id]

  default_tags {
    tags = {
      Project   = "BBWS"
      Component = "ProductLambda"
      ManagedBy = "Terraform"
    }
  }
}

data "aws_partition" "current" {}

locals {
  # The stack's own settings: names, regions and where the state is.
  settings = {
    for name in var.environments : name => merge(
      jsondecode(file("${path.module}/../environments/${name}.tfvars.json")),
      { state = jsondecode(file("${path.module}/../environments/${name}.s3.tfbackend.json")) },
    )
  }
  region    = values(local.settings)[0].region
  partition = data.aws_partition.current.partition
}

################################################################################
# GitHub as an identity provider. An account has one for all repositories.
# https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
################################################################################

locals {
  issuer       = "token.actions.githubusercontent.com"
  provider_arn = var.oidc_provider_arn == null ? aws_iam_openid_connect_provider.github[0].arn : var.oidc_provider_arn
}

resource "aws_iam_openid_connect_provider" "github" {
  count = var.oidc_provider_arn == null ? 1 : 0

  url            = "https://${local.issuer}"
  client_id_list = ["sts.amazonaws.com"]
}

################################################################################
# A role for each GitHub environment: ENV-plan may read, ENV may change
################################################################################

locals {
  roles = merge([
    for name in var.environments : {
      "${name}-plan" = { environment = name, statements = concat(local.read[name], local.plan_state[name]) }
      (name)         = { environment = name, statements = concat(local.read[name], local.change[name], local.deploy_state[name]) }
    }
  ]...)
}

resource "aws_iam_role" "github" {
  for_each = local.roles

  # Not a name that the stack's own roles begin with: a deployment may change those.
  name                 = "product-lambda-github-${each.key}"
  description          = "The jobs of ${var.repository} in the GitHub environment ${each.key}"
  max_session_duration = 3600

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = local.provider_arn }
      Condition = {
        StringEquals = {
          "${local.issuer}:aud" = "sts.amazonaws.com"
          "${local.issuer}:sub" = "repo:${var.repository}:environment:${each.key}"
        }
      }
    }]
  })
}

resource "aws_iam_role_policy" "github" {
  for_each = local.roles

  name   = "stack"
  role   = aws_iam_role.github[each.key].id
  policy = jsonencode({ Version = "2012-10-17", Statement = each.value.statements })
}

################################################################################
# API Gateway writes logs with one role for an account and region
# https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
################################################################################

resource "aws_iam_role" "api_gateway_logs" {
  count = var.api_gateway_logs ? 1 : 0

  name        = "api-gateway-logs-${local.region}"
  description = "API Gateway writes the logs of every API in ${local.region} with it"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "apigateway.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "api_gateway_logs" {
  count = var.api_gateway_logs ? 1 : 0

  role       = aws_iam_role.api_gateway_logs[0].name
  policy_arn = "arn:${local.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
}

resource "aws_api_gateway_account" "this" {
  count = var.api_gateway_logs ? 1 : 0

  cloudwatch_role_arn = aws_iam_role.api_gateway_logs[0].arn
  depends_on          = [aws_iam_role_policy_attachment.api_gateway_logs]
}

output "role_arns" {
  description = "By GitHub environment: its variable AWS_ROLE_ARN"
  value       = { for name, role in aws_iam_role.github : name => role.arn }
}
