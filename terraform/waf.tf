################################################################################
# A limit for each client, where one is wanted
#
# Throttling is shared by all callers: one who sends without end leaves nothing for the others. This counts by address.
# Behind a CDN every address is the CDN's: then the limit belongs there, and not here.
################################################################################

resource "aws_wafv2_web_acl" "this" {
  count = var.waf_rate_limit == null ? 0 : 1

  name        = var.api_name
  description = "No address may send more than ${var.waf_rate_limit} requests in five minutes"
  scope       = "REGIONAL"

  default_action {
    allow {}
  }

  rule {
    name     = "rate-by-address"
    priority = 0

    action {
      block {}
    }

    statement {
      rate_based_statement {
        aggregate_key_type = "IP"
        limit              = var.waf_rate_limit
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "${var.api_name}-rate-by-address"
      sampled_requests_enabled   = false # Samples hold tokens.
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = var.api_name
    sampled_requests_enabled   = false
  }
}

resource "aws_wafv2_web_acl_association" "this" {
  count = var.waf_rate_limit == null ? 0 : 1

  resource_arn = aws_api_gateway_stage.this.arn
  web_acl_arn  = aws_wafv2_web_acl.this[0].arn
}
