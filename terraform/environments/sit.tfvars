# cognito_user_pool_arn is given as TF_VAR_cognito_user_pool_arn.
environment = "sit"
region      = "eu-west-1"
name_prefix = "bbws"
api_name    = "bbws-product-api-sit"

allowed_origins          = ["https://sit.kimmyai.io"]
request_validation       = "parameters"
log_retention_days       = 30
canary_deployment_config = "CodeDeployDefault.LambdaAllAtOnce"
