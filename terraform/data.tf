data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  # The index that the code queries, as the handlers' permissions name it.
  index_name = one(toset(flatten([
    for id, permissions in local.handler_permissions :
    [for where in keys(try(permissions.dynamodb, {})) : trimprefix(where, "index/") if startswith(where, "index/")]
  ])))

  # What the code relies on: src/products/items.py and src/products/repository.py.
  expected_attributes = { PK = "S", SK = "S", active = "S", createdAt = "S" }
}

# The table belongs to another repository and is only referred to. A plan stops here when it is not the one that the code
# was written for.
data "aws_dynamodb_table" "products" {
  name = local.table_name

  lifecycle {
    postcondition {
      condition     = self.hash_key == "PK" && self.range_key == "SK"
      error_message = "Table ${self.name} has the keys ${self.hash_key} and ${coalesce(self.range_key, "(no sort key)")}; this service needs PK and SK."
    }

    postcondition {
      condition = alltrue([
        for name, type in local.expected_attributes :
        contains([for each in self.attribute : "${each.name} ${each.type}"], "${name} ${type}")
      ])
      error_message = join(" ", [
        "Table ${self.name} has the key attributes ${join(", ", [for each in self.attribute : "${each.name} (${each.type})"])};",
        "this service needs ${join(", ", [for name, type in local.expected_attributes : "${name} (${type})"])}.",
      ])
    }

    postcondition {
      condition     = var.environment == "dev" || try(one(self.point_in_time_recovery).enabled, false)
      error_message = "Table ${self.name} has no point-in-time recovery: what a mistake overwrites would be gone."
    }

    # A record whose time is over is taken for expired by the service itself; TTL only tidies up, but by no other attribute.
    postcondition {
      condition     = alltrue([for each in self.ttl : !each.enabled || each.attribute_name == "expiresAt"])
      error_message = "Table ${self.name} deletes items by another attribute than expiresAt: products could go."
    }

    postcondition {
      condition = contains([for each in self.global_secondary_index : each.name], local.index_name)
      error_message = join(" ", [
        "Table ${self.name} has no index ${local.index_name}, which listing products needs; it has",
        "${length(self.global_secondary_index) == 0 ? "none" : join(", ", [for each in self.global_secondary_index : each.name])}.",
      ])
    }

    postcondition {
      condition = alltrue([
        for each in self.global_secondary_index :
        each.hash_key == "active" && each.range_key == "createdAt" && each.projection_type == "ALL"
        if each.name == local.index_name
      ])
      error_message = join(" ", [
        for each in self.global_secondary_index :
        "Index ${each.name} has the keys ${each.hash_key} and ${coalesce(each.range_key, "(no sort key)")} and projects ${each.projection_type}; this service needs active, createdAt and ALL."
        if each.name == local.index_name
      ])
    }
  }
}

locals {
  # The keys that sign page tokens: comma separated, the first signs, all of them verify. The function reads them itself, so
  # that neither the state nor a plan holds them, and who may plan cannot sign.
  signing_keys_parameter = "/${var.api_name}/cursor-signing-keys"
}
