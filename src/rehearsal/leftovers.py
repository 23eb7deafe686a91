"""What of a stack is still in the account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.moto_server import MockedAws
from rehearsal.terraform import managed

# Service, operation, and where in its answer the names are.
_LISTS = (
    ("apigateway", "get_rest_apis", "items", "name"),
    ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    ("codedeploy", "list_applications", "applications", None),
    ("iam", "list_roles", "Roles", "RoleName"),
    ("lambda", "list_functions", "Functions", "FunctionName"),
    ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("logs", "describe_metric_filters", "metricFilters", "filterName"),
    ("sns", "list_topics", "Topics", "TopicArn"),
)


def leftovers(aws: MockedAws, state: Mapping[str, Any]) -> list[str]:
    """Everything that the services list, and that Terraform's state still has. Nothing else lives in this account."""
    return [f"state: {name}" for name in managed(state)] + [
        f"{service}: {each if key is None else each[key]}"
        for service, operation, where, key in _LISTS
        for each in getattr(aws.client(service), operation)()[where]
    ]
