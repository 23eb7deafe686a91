# The stack refuses to plan on a table that its code was not written for.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  cognito_user_pool_arn = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_Example01"
}

run "other_keys" {
  command = plan

  override_data {
    target = data.aws_dynamodb_table.products
    values = { hash_key = "id", range_key = "kind" }
  }

  expect_failures = [data.aws_dynamodb_table.products]
}

run "a_key_of_another_type" {
  command = plan

  override_data {
    target = data.aws_dynamodb_table.products
    values = {
      hash_key  = "PK"
      range_key = "SK"
      attribute = [{ name = "PK", type = "S" }, { name = "SK", type = "S" }, { name = "active", type = "N" }, { name = "createdAt", type = "S" }]
      global_secondary_index = [{
        name               = "ActiveProductsIndex", hash_key = "active", range_key = "createdAt", projection_type = "ALL",
        non_key_attributes = [], read_capacity = 0, write_capacity = 0
      }]
    }
  }

  expect_failures = [data.aws_dynamodb_table.products]
}

run "no_index" {
  command = plan

  override_data {
    target = data.aws_dynamodb_table.products
    values = {
      hash_key               = "PK"
      range_key              = "SK"
      attribute              = [{ name = "PK", type = "S" }, { name = "SK", type = "S" }, { name = "active", type = "S" }, { name = "createdAt", type = "S" }]
      global_secondary_index = []
    }
  }

  expect_failures = [data.aws_dynamodb_table.products]
}

run "an_index_that_leaves_attributes_out" {
  command = plan

  override_data {
    target = data.aws_dynamodb_table.products
    values = {
      hash_key  = "PK"
      range_key = "SK"
      attribute = [{ name = "PK", type = "S" }, { name = "SK", type = "S" }, { name = "active", type = "S" }, { name = "createdAt", type = "S" }]
      global_secondary_index = [{
        name               = "ActiveProductsIndex", hash_key = "active", range_key = "createdAt", projection_type = "KEYS_ONLY",
        non_key_attributes = [], read_capacity = 0, write_capacity = 0
      }]
    }
  }

  expect_failures = [data.aws_dynamodb_table.products]
}

run "no_way_back_outside_dev" {
  command = plan

  variables {
    environment  = "sit"
    alarm_emails = []
  }

  override_data {
    target = data.aws_dynamodb_table.products
    values = { point_in_time_recovery = [{ enabled = false, recovery_period_in_days = 35 }] }
  }

  expect_failures = [data.aws_dynamodb_table.products]
}

run "items_deleted_by_another_attribute" {
  command = plan

  override_data {
    target = data.aws_dynamodb_table.products
    values = { ttl = [{ enabled = true, attribute_name = "updatedAt" }] }
  }

  expect_failures = [data.aws_dynamodb_table.products]
}
