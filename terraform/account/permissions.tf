################################################################################
# What the roles may do, by environment: as much as the stack in terraform/ consists of
#
# By name wherever AWS has names. An API has an id that AWS chooses: any API of the region, which is why an environment
# should have an account of its own.
################################################################################

locals {
  arns = {
    for name, each in local.settings : name => {
      functions   = ["arn:${local.partition}:lambda:${each.region}:${var.account_id}:function:${each.name_prefix}-*-${name}", "arn:${local.partition}:lambda:${each.region}:${var.account_id}:function:${each.name_prefix}-*-${name}:*"]
      roles       = ["arn:${local.partition}:iam::${var.account_id}:role/${each.name_prefix}-*-${name}-${each.region}", "arn:${local.partition}:iam::${var.account_id}:role/${each.api_name}-codedeploy-${each.region}"]
      apis        = [for path in ["restapis", "restapis/*", "tags/*", "domainnames/*/basepathmappings", "domainnames/*/basepathmappings/*"] : "arn:${local.partition}:apigateway:${each.region}::/${path}"]
      stages      = ["arn:${local.partition}:apigateway:${each.region}::/restapis/*/stages/*"]
      alarms      = ["arn:${local.partition}:cloudwatch:${each.region}:${var.account_id}:alarm:${each.name_prefix}-*"]
      dashboards  = ["arn:${local.partition}:cloudwatch::${var.account_id}:dashboard/${each.api_name}"]
      topics      = ["arn:${local.partition}:sns:${each.region}:${var.account_id}:${each.api_name}-alarms", "arn:${local.partition}:sns:${each.region}:${var.account_id}:${each.api_name}-alarms:*"]
      table       = ["arn:${local.partition}:dynamodb:${each.region}:${var.account_id}:table/${try(each.table_name, "products-${name}")}"]
      deployments = [for kind in ["application:${each.api_name}", "deploymentgroup:${each.api_name}/*", "deploymentconfig:*"] : "arn:${local.partition}:codedeploy:${each.region}:${var.account_id}:${kind}"]
      acls        = ["arn:${local.partition}:wafv2:${each.region}:${var.account_id}:regional/webacl/${each.api_name}/*"]
      keys        = "arn:${local.partition}:ssm:${each.region}:${var.account_id}:parameter/${each.api_name}/cursor-signing-keys"
      password    = "arn:${local.partition}:ssm:${each.region}:${var.account_id}:parameter/${each.api_name}/validation-password"
      bucket      = "arn:${local.partition}:s3:::${each.state.bucket}"
      state       = "arn:${local.partition}:s3:::${each.state.bucket}/${each.state.key}"
      lock        = "arn:${local.partition}:s3:::${each.state.bucket}/${each.state.key}.tflock"
      plans       = "arn:${local.partition}:s3:::${each.state.bucket}/product-lambda/${name}/plans/*"
      logs = flatten([
        for group in ["/aws/lambda/${each.name_prefix}-*-${name}", "API-Gateway-Execution-Logs_*/${name}", "/aws/apigateway/${each.api_name}/access"] :
        [for suffix in ["", ":*"] : "arn:${local.partition}:logs:${each.region}:${var.account_id}:log-group:${group}${suffix}"]
      ])
      # Descriptions of what is asked for by a prefix: AWS knows no narrower resource.
      described = ["arn:${local.partition}:logs:${each.region}:${var.account_id}:log-group:*", "arn:${local.partition}:cloudwatch:${each.region}:${var.account_id}:alarm:*"]
    }
  }

  allowed = {
    read = {
      described   = ["logs:DescribeLogGroups", "cloudwatch:DescribeAlarms"]
      functions   = ["lambda:GetAlias", "lambda:GetFunction", "lambda:GetFunctionCodeSigningConfig", "lambda:GetFunctionConcurrency", "lambda:GetFunctionConfiguration", "lambda:GetPolicy", "lambda:ListTags", "lambda:ListVersionsByFunction"]
      roles       = ["iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole", "iam:ListRolePolicies"]
      apis        = ["apigateway:GET"]
      logs        = ["logs:DescribeMetricFilters", "logs:ListTagsForResource"]
      alarms      = ["cloudwatch:ListTagsForResource"]
      dashboards  = ["cloudwatch:GetDashboard"]
      topics      = ["sns:GetSubscriptionAttributes", "sns:GetTopicAttributes", "sns:ListTagsForResource"]
      table       = ["dynamodb:DescribeContinuousBackups", "dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive", "dynamodb:ListTagsOfResource"]
      deployments = ["codedeploy:GetApplication", "codedeploy:GetDeploymentGroup", "codedeploy:ListTagsForResource"]
      acls        = ["wafv2:GetWebACL", "wafv2:GetWebACLForResource", "wafv2:ListTagsForResource"]
      stages      = ["wafv2:GetWebACLForResource"]
    }

    change = {
      functions   = ["lambda:AddPermission", "lambda:CreateAlias", "lambda:CreateFunction", "lambda:DeleteAlias", "lambda:DeleteFunction", "lambda:DeleteFunctionConcurrency", "lambda:PublishVersion", "lambda:PutFunctionConcurrency", "lambda:RemovePermission", "lambda:TagResource", "lambda:UntagResource", "lambda:UpdateAlias", "lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration"]
      roles       = ["iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:PutRolePolicy", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole"]
      apis        = ["apigateway:DELETE", "apigateway:PATCH", "apigateway:POST", "apigateway:PUT"]
      stages      = ["apigateway:SetWebACL", "wafv2:AssociateWebACL", "wafv2:DisassociateWebACL"]
      logs        = ["logs:AssociateKmsKey", "logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:DeleteMetricFilter", "logs:DeleteRetentionPolicy", "logs:DisassociateKmsKey", "logs:PutMetricFilter", "logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource"]
      alarms      = ["cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm", "cloudwatch:TagResource", "cloudwatch:UntagResource"]
      dashboards  = ["cloudwatch:DeleteDashboards", "cloudwatch:PutDashboard"]
      topics      = ["sns:CreateTopic", "sns:DeleteTopic", "sns:SetTopicAttributes", "sns:Subscribe", "sns:TagResource", "sns:Unsubscribe", "sns:UntagResource"]
      deployments = ["codedeploy:CreateApplication", "codedeploy:CreateDeployment", "codedeploy:CreateDeploymentGroup", "codedeploy:DeleteApplication", "codedeploy:DeleteDeploymentGroup", "codedeploy:GetApplicationRevision", "codedeploy:GetDeployment", "codedeploy:GetDeploymentConfig", "codedeploy:ListDeployments", "codedeploy:RegisterApplicationRevision", "codedeploy:StopDeployment", "codedeploy:TagResource", "codedeploy:UntagResource", "codedeploy:UpdateApplication", "codedeploy:UpdateDeploymentGroup"]
      acls        = ["wafv2:AssociateWebACL", "wafv2:CreateWebACL", "wafv2:DeleteWebACL", "wafv2:DisassociateWebACL", "wafv2:TagResource", "wafv2:UntagResource", "wafv2:UpdateWebACL"]
    }
  }

  read = {
    for name, arns in local.arns : name => [
      for kind, actions in local.allowed.read : { Effect = "Allow", Action = actions, Resource = flatten([arns[kind]]) }
    ]
  }

  change = {
    for name, arns in local.arns : name => concat(
      [for kind, actions in local.allowed.change : { Effect = "Allow", Action = actions, Resource = flatten([arns[kind]]) }],
      [
        {
          Effect    = "Allow"
          Action    = ["iam:PassRole"]
          Resource  = arns.roles
          Condition = { StringEquals = { "iam:PassedToService" = ["lambda.amazonaws.com", "codedeploy.amazonaws.com"] } }
        },
        { Effect = "Allow", Action = ["ssm:GetParameter"], Resource = [arns.password] },
      ],
    )
  }

  # Both read the state and lock it. A plan is written by the one and taken by the other; only the other writes the state.
  shared_state = {
    for name, arns in local.arns : name => concat(
      [
        {
          Effect    = "Allow"
          Action    = ["s3:ListBucket"]
          Resource  = [arns.bucket]
          Condition = { StringLike = { "s3:prefix" = ["product-lambda/${name}/*"] } }
        },
        { Effect = "Allow", Action = ["s3:GetObject"], Resource = [arns.state] },
        { Effect = "Allow", Action = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], Resource = [arns.lock] },
        # Whatever else is allowed to the role one day: who may plan or deploy does not read what signs page tokens.
        {
          Effect   = "Deny"
          Action   = ["ssm:GetParameter", "ssm:GetParameterHistory", "ssm:GetParameters", "ssm:GetParametersByPath"]
          Resource = [arns.keys]
        },
      ],
      [
        for keys in [lookup(var.kms_key_arns, name, [])] :
        { Effect = "Allow", Action = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"], Resource = keys } if length(keys) > 0
      ],
    )
  }
  plan_state = {
    for name, arns in local.arns : name => concat(local.shared_state[name], [
      { Effect = "Allow", Action = ["s3:PutObject"], Resource = [arns.plans] },
      { Effect = "Deny", Action = ["ssm:GetParameter", "ssm:GetParameterHistory", "ssm:GetParameters", "ssm:GetParametersByPath"], Resource = [arns.password] },
    ])
  }
  deploy_state = {
    for name, arns in local.arns : name => concat(
      local.shared_state[name],
      [
        { Effect = "Allow", Action = ["s3:PutObject"], Resource = [arns.state] },
        { Effect = "Allow", Action = ["s3:DeleteObject", "s3:GetObject"], Resource = [arns.plans] },
      ],
      [
        for keys in [lookup(var.kms_key_arns, name, [])] :
        { Effect = "Allow", Action = ["kms:CreateGrant", "kms:Encrypt"], Resource = keys } if length(keys) > 0
      ],
    )
  }
}
