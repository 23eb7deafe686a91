# cognito_user_pool_arn is given as TF_VAR_cognito_user_pool_arn.
environment = "dev"
region      = "eu-west-1"
name_prefix = "bbws"
api_name    = "bbws-product-api-dev"

allowed_origins    = ["https://dev.kimmyai.io", "http://localhost:3000"]
request_validation = "parameters"
log_retention_days = 14
