################################################################################
# Where
################################################################################

variable "environment" {
  description = "Name of the environment. Part of every name, and the name of the API's stage"
  type        = string

  validation {
    condition     = contains(["dev", "sit", "prod"], var.environment)
    error_message = "The environment is dev, sit or prod."
  }
}

variable "region" {
  description = "AWS region of everything here, and of the table"
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "The region is a name like eu-west-1."
  }
}

variable "name_prefix" {
  description = "First word of the functions' names; operation and environment follow"
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,11}$", var.name_prefix))
    error_message = "The prefix is 2 to 12 lower-case letters and digits: the longest name that follows it has 64."
  }
}

variable "table_name" {
  description = "The table, when it is not products-ENVIRONMENT: one that was restored beside it, say"
  type        = string
  default     = null

  validation {
    condition     = var.table_name == null || can(regex("^[A-Za-z0-9_.-]{3,255}$", var.table_name))
    error_message = "A table's name is 3 to 255 letters, digits, hyphens, underscores and dots."
  }
}

variable "package_dir" {
  description = "Folder with one zip for each function, made by scripts/package_lambdas.sh. The checkout's dist/ when null"
  type        = string
  default     = null
}

variable "kms_key_arn" {
  description = "Customer-managed key for log groups, environment variables and the alarm topic; its policy must let CloudWatch Logs, Lambda and CloudWatch alarms use it. AWS-owned keys when null"
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/", var.kms_key_arn))
    error_message = "The key is given by its ARN."
  }
}

################################################################################
# API
################################################################################

variable "api_name" {
  description = "Name of the API, and first part of the names of all that watches over it"
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,31}$", var.api_name))
    error_message = "The name is 3 to 32 lower-case letters, digits and hyphens."
  }
}

variable "cognito_user_pool_arn" {
  description = "ARN of the user pool whose tokens administrators send. Given as TF_VAR_cognito_user_pool_arn: it has the account's number"
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:cognito-idp:[a-z0-9-]+:[0-9]{12}:userpool/[A-Za-z0-9_-]+$", var.cognito_user_pool_arn))
    error_message = "The user pool is given by its ARN, arn:aws:cognito-idp:REGION:ACCOUNT:userpool/ID."
  }
}

variable "allowed_origins" {
  description = "Origins whose scripts may call the API. Functions, preflights and 405s answer each of them; refusals of API Gateway itself can name one only, so put the portal's own first"
  type        = list(string)

  validation {
    condition     = length(var.allowed_origins) > 0 && length(var.allowed_origins) == length(distinct(var.allowed_origins))
    error_message = "At least one origin is needed, and each only once."
  }

  validation {
    # No wildcard, no path, no closing slash: origins are compared as browsers write them. No quotes, for they go into a template.
    condition     = alltrue([for origin in var.allowed_origins : can(regex("^https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?$", origin))])
    error_message = "An origin is a scheme and a host in lower case, with a port if it is not the scheme's own: https://example.com."
  }
}

variable "request_validation" {
  description = "What API Gateway checks before it calls a function: none, parameters (required ones are there) or all (the body's model, too). A body that it refuses is answered without the list of violations that a function gives"
  type        = string
  default     = "parameters"

  validation {
    condition     = contains(["none", "parameters", "all"], var.request_validation)
    error_message = "Request validation is none, parameters or all."
  }
}

variable "default_throttling" {
  description = "Requests a second, and how many at once, for each method to which the contract sets no limit: API Gateway's own answers (preflights, 405s) among them. The limits of the operations are the contract's (x-throttling)"
  type        = object({ rate = number, burst = number })
  default     = { rate = 100, burst = 100 }

  validation {
    condition     = var.default_throttling.rate > 0 && var.default_throttling.burst >= 1 && floor(var.default_throttling.burst) == var.default_throttling.burst
    error_message = "A rate is positive, a burst whole and at least 1."
  }
}

variable "domain_name" {
  description = "Custom domain name to serve the API under. The domain, its certificate and its DNS belong to another repository. No mapping when null; with one, the API answers under no other address"
  type        = string
  default     = null

  validation {
    condition     = var.domain_name == null || can(regex("^[a-z0-9-]+(\\.[a-z0-9-]+)+$", var.domain_name))
    error_message = "The domain name has no scheme and no path."
  }
}

variable "public_host" {
  description = "Host under which clients reach the API, as the published contract names it. domain_name, once its owners have made it, is the same"
  type        = string
  default     = null

  validation {
    condition     = var.public_host == null || can(regex("^[a-z0-9-]+(\\.[a-z0-9-]+)+$", var.public_host))
    error_message = "The published host has no scheme and no path."
  }
}

variable "base_path" {
  description = "First segment of the API's paths under the custom domain. None when null: the contract's paths begin with /v1.0"
  type        = string
  default     = null

  validation {
    condition     = var.base_path == null || can(regex("^[A-Za-z0-9_.-]+$", var.base_path))
    error_message = "The base path is one segment, without slashes."
  }
}

variable "waf_rate_limit" {
  description = "How many requests one address may send in five minutes; more are a 403. For an API that clients call without a CDN in between. No limit, and no WAF, when null"
  type        = number
  default     = null

  validation {
    condition     = var.waf_rate_limit == null ? true : var.waf_rate_limit >= 10 && floor(var.waf_rate_limit) == var.waf_rate_limit
    error_message = "The limit is a whole number, at least 10."
  }
}

################################################################################
# Functions
################################################################################

variable "lambda_memory_mb" {
  description = "Memory of each function, in MB; its share of a processor grows with it"
  type        = number
  default     = 256

  validation {
    condition     = var.lambda_memory_mb >= 128 && var.lambda_memory_mb <= 10240 && floor(var.lambda_memory_mb) == var.lambda_memory_mb
    error_message = "Memory is a whole number from 128 to 10240."
  }
}

variable "lambda_timeout_seconds" {
  description = "When Lambda gives a function up. Not before API Gateway does, after 29 s: a function that is ended takes its last log lines with it"
  type        = number
  default     = 30

  validation {
    condition     = var.lambda_timeout_seconds >= 30 && var.lambda_timeout_seconds <= 900
    error_message = "The timeout is 30 to 900 seconds."
  }
}

variable "reserved_concurrency" {
  description = "How many copies of a function may run at once, by operationId. A function that is not named shares the account's"
  type        = map(number)
  default     = {}

  validation {
    condition     = alltrue([for copies in values(var.reserved_concurrency) : copies >= 1 && floor(copies) == copies])
    error_message = "Reserved concurrency is a whole number, at least 1: with 0 a function answers nothing."
  }
}

variable "snap_start" {
  description = "Whether published versions start from a snapshot. Costs a fee for each one kept and restored"
  type        = bool
  default     = false
}

variable "log_level" {
  description = "Least level of the functions' own log lines"
  type        = string
  default     = "INFO"

  validation {
    condition     = contains(["DEBUG", "INFO", "WARN", "ERROR"], var.log_level)
    error_message = "The log level is DEBUG, INFO, WARN or ERROR: metrics and alarms count errors."
  }
}

variable "log_retention_days" {
  description = "How long logs are kept, those of API Gateway included"
  type        = number
  default     = 90

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.log_retention_days)
    error_message = "CloudWatch Logs keeps logs for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545 or 731 days."
  }
}

variable "canary_deployment_config" {
  description = "How CodeDeploy shifts traffic to a new version, such as CodeDeployDefault.LambdaCanary10Percent5Minutes. When null Terraform shifts it, all at once"
  type        = string
  default     = null

  validation {
    condition     = var.canary_deployment_config == null || can(regex("^CodeDeployDefault\\.Lambda", var.canary_deployment_config))
    error_message = "The name is one of CodeDeploy's own for Lambda, CodeDeployDefault.Lambda...."
  }
}

################################################################################
# Alarms
################################################################################

variable "alarm_emails" {
  description = "Addresses that are notified of alarms; each must confirm its subscription"
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for address in var.alarm_emails : can(regex("^[^@ ]+@[^@ ]+$", address))])
    error_message = "An address has one @ and no space."
  }
}

variable "alarm_thresholds" {
  description = "When to raise an alarm: failed invocations and 5XX answers of one operation in percent, the availability that all answers are held to in percent, used idempotency keys and refused tokens in five minutes, a cold start, and the p95 of an operation whose target the contract does not name"
  type = object({
    function_error_percent              = optional(number, 5)
    server_error_percent                = optional(number, 1)
    availability_percent                = optional(number, 99.9)
    idempotency_conflicts               = optional(number, 10)
    unauthorized                        = optional(number, 100)
    cold_start_milliseconds             = optional(number, 2000)
    latency_milliseconds_without_target = optional(number, 500)
  })
  default = {}

  validation {
    condition     = alltrue([for threshold in values(var.alarm_thresholds) : threshold > 0]) && var.alarm_thresholds.availability_percent < 100
    error_message = "Thresholds are positive, and availability is below 100 %."
  }
}

variable "runbooks" {
  description = "Address of the folder of runbooks, which every alarm names. The folder in the repository unless the workflows say more"
  type        = string
  default     = "docs/runbooks"

  validation {
    condition     = can(regex("^[A-Za-z0-9:/._~-]+[^/]$", var.runbooks))
    error_message = "The address has no spaces and no slash at its end."
  }
}
