# cognito_user_pool_arn is given as TF_VAR_cognito_user_pool_arn.
environment = "prod"
region      = "af-south-1"
name_prefix = "bbws"
api_name    = "bbws-product-api-prod"

allowed_origins          = ["https://kimmyai.io"]
request_validation       = "parameters"
log_retention_days       = 90
canary_deployment_config = "CodeDeployDefault.LambdaCanary10Percent5Minutes"
