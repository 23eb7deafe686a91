variable "account_id" {
  description = "The account's number: with credentials of another one nothing is planned"
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "An account's number has 12 digits."
  }
}

variable "repository" {
  description = "The repository whose workflows deploy, OWNER/REPOSITORY"
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$", var.repository))
    error_message = "The repository is written OWNER/REPOSITORY, without wildcards."
  }
}

variable "environments" {
  description = "The environments that this account has, all in one region"
  type        = set(string)

  validation {
    condition     = length(var.environments) > 0 && length(setsubtract(var.environments, ["dev", "sit", "prod"])) == 0
    error_message = "The environments are some of dev, sit and prod."
  }

  validation {
    condition = length(distinct([
      for name in var.environments : jsondecode(file("${path.module}/../environments/${name}.tfvars.json")).region
    ])) == 1
    error_message = "These environments are in several regions: apply this once for each region."
  }
}

variable "oidc_provider_arn" {
  description = "ARN of the account's identity provider for GitHub, where there is one already. Made when null"
  type        = string
  default     = null

  validation {
    condition     = var.oidc_provider_arn == null || can(regex("^arn:[a-z-]+:iam::[0-9]{12}:oidc-provider/token\\.actions\\.githubusercontent\\.com$", var.oidc_provider_arn))
    error_message = "The provider is given by its ARN, and is that of token.actions.githubusercontent.com."
  }
}

variable "api_gateway_logs" {
  description = "Whether to set the role that API Gateway writes logs with in this region. Not where another stack has"
  type        = bool
  default     = true
}

variable "kms_key_arns" {
  description = "Customer-managed keys, by environment: of its log groups, environment variables, topic and state. None when there are none"
  type        = map(list(string))
  default     = {}
}
