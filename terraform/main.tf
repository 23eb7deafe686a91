# The product catalogue: a REST API, one Lambda function for each operation of the contract, and what watches over them.
# The operations are read from generated/, so that a change of the contract needs no edit here.

terraform {
  required_version = ">= 1.7"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }

  # The settings are environments/ENV.s3.tfbackend.json: terraform init -backend-config=environments/dev.s3.tfbackend.json
  backend "s3" {}
}

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      Project     = "BBWS"
      Component   = "ProductLambda"
      CostCenter  = "BBWS-CPP"
      Environment = var.environment
      ManagedBy   = "Terraform"
    }
  }
}

locals {
  contract_file = "${path.module}/../openapi/products.yaml"
  settings_file = "${path.module}/../openapi/apigateway.yaml"
  body_file     = "${path.module}/../generated/apigateway.json"
  package_dir   = coalesce(var.package_dir, "${path.module}/../dist")

  contract_document = yamldecode(file(local.contract_file))

  contract   = jsondecode(file("${path.module}/../generated/operations.json"))
  operations = { for operation in local.contract.operations : operation.operationId => operation }

  # What each function reads and calls: its handler says so.
  handler_permissions = jsondecode(file("${path.module}/../generated/handler_permissions.json"))

  table_name = coalesce(var.table_name, "products-${var.environment}")
  alias_name = "live"

  function_names = {
    for id, operation in local.operations :
    id => "${var.name_prefix}-${replace(operation.module, "_", "-")}-${var.environment}"
  }

  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition

  # Built from names and not taken from the resources: known before anything exists, they keep a plan's differences readable.
  function_arns = {
    for id, name in local.function_names :
    id => "arn:${local.partition}:lambda:${var.region}:${local.account_id}:function:${name}"
  }
}
