mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = {
      partition = "aws"
    }
  }

  mock_resource "aws_iam_openid_connect_provider" {
    defaults = {
      arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
    }
  }

  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/mocked"
    }
  }
}

variables {
  account_id   = "123456789012"
  repository   = "owner/repository"
  environments = ["dev", "sit"]
}

run "a_role_for_each_github_environment" {
  command = apply

  assert {
    condition     = toset(keys(output.role_arns)) == toset(["dev-plan", "dev", "sit-plan", "sit"])
    error_message = "A GitHub environment lacks its role, or has one too many."
  }

  assert {
    condition = alltrue([
      for name, role in aws_iam_role.github :
      jsondecode(role.assume_role_policy).Statement == [{
        Effect    = "Allow"
        Action    = "sts:AssumeRoleWithWebIdentity"
        Principal = { Federated = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
        Condition = { StringEquals = {
          "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:sub" = "repo:owner/repository:environment:${name}"
        } }
      }]
    ])
    error_message = "A role trusts another than the jobs of its own GitHub environment."
  }
}

run "who_may_plan_changes_nothing_but_lock_and_plan" {
  command = plan

  assert {
    condition = alltrue(flatten([
      for name, policy in aws_iam_role_policy.github : [
        for statement in jsondecode(policy.policy).Statement : [
          for action in statement.Action :
          can(regex("^[a-z0-9]+:(Get|List|Describe|GET$)|^kms:(Decrypt|GenerateDataKey)$", action))
          || alltrue([for resource in statement.Resource : endswith(resource, ".tflock") || endswith(resource, "/plans/*")])
        ] if statement.Effect == "Allow"
      ] if endswith(name, "-plan")
    ]))
    error_message = "A role that plans may change something."
  }
}

run "who_may_plan_or_deploy_reads_no_signing_key" {
  command = plan

  assert {
    condition = alltrue([
      for name, policy in aws_iam_role_policy.github : anytrue([
        for statement in jsondecode(policy.policy).Statement :
        statement.Effect == "Deny" && contains(statement.Action, "ssm:GetParameter")
        && statement.Resource == ["arn:aws:ssm:eu-west-1:123456789012:parameter/bbws-product-api-${trimsuffix(name, "-plan")}/cursor-signing-keys"]
      ])
    ])
    error_message = "A role may read what signs page tokens."
  }
}

run "an_environment_reaches_no_other_ones_state_and_no_role_of_the_workflows" {
  command = plan

  assert {
    condition = alltrue(flatten([
      for name, policy in aws_iam_role_policy.github : [
        for statement in jsondecode(policy.policy).Statement : [
          for resource in statement.Resource :
          resource != "*" && !strcontains(resource, "role/*") && !strcontains(resource, "product-lambda-github")
          && (!startswith(resource, "arn:aws:s3:::") || startswith(resource, "arn:aws:s3:::bbws-terraform-state-${trimsuffix(name, "-plan")}"))
        ]
      ]
    ]))
    error_message = "A role reaches beyond its environment."
  }

  assert {
    condition     = alltrue([for policy in aws_iam_role_policy.github : length(policy.policy) < 10240])
    error_message = "A policy is longer than IAM takes: a role's inline policies have 10,240 characters."
  }
}

run "what_another_stack_has_made_is_left_to_it" {
  command = plan

  variables {
    oidc_provider_arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
    api_gateway_logs  = false
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.github) + length(aws_api_gateway_account.this) + length(aws_iam_role.api_gateway_logs) == 0
    error_message = "The identity provider or the role for API Gateway's logs is made a second time."
  }
}

run "the_keys_of_an_environment_are_its_own_roles_only" {
  command = plan

  variables {
    kms_key_arns = { sit = ["arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000"] }
  }

  assert {
    condition     = [for name, policy in aws_iam_role_policy.github : name if strcontains(policy.policy, "kms:Decrypt")] == ["sit", "sit-plan"]
    error_message = "A role may use another environment's key, or not its own."
  }
}

run "a_repository_with_a_wildcard_is_refused" {
  command         = plan
  expect_failures = [var.repository]

  variables {
    repository = "owner/*"
  }
}

run "two_regions_at_once_are_refused" {
  command         = plan
  expect_failures = [var.environments]

  variables {
    environments = ["sit", "prod"]
  }
}
