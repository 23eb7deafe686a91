"""A function's resource policy: who may call it. Each permission names a service, an alias and the caller's ARN."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping
from typing import Any

_SERVICE = "apigateway.amazonaws.com"


class NotEvaluated(Exception):
    """A statement has a part that is not known here: to guess would be to open or to shut a door."""


def may_invoke(statements: Iterable[Mapping[str, Any]], function_arn: str, source_arn: str) -> bool:
    """Whether API Gateway, as this method of this API, may call the function of this ARN, alias included.

    https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html. Raises NotEvaluated.
    """
    return any(_allows(statement, function_arn, source_arn) for statement in statements)


def _allows(statement: Mapping[str, Any], function_arn: str, source_arn: str) -> bool:
    if statement["Effect"] != "Allow":
        raise NotEvaluated("Effect")
    return (
        statement["Action"] == "lambda:InvokeFunction"
        and statement["Principal"] == {"Service": _SERVICE}
        and statement["Resource"] == function_arn
        and all(_holds(operator, keys, source_arn) for operator, keys in statement.get("Condition", {}).items())
    )


def _holds(operator: str, keys: Mapping[str, str], source_arn: str) -> bool:
    if operator != "ArnLike" or set(keys) != {"AWS:SourceArn"}:
        raise NotEvaluated(f"Condition {operator} {', '.join(keys)}")
    return arn_like(keys["AWS:SourceArn"], source_arn)


def arn_like(pattern: str, arn: str) -> bool:
    """Part by part: a wildcard crosses no colon, but any slash.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    wanted, given = pattern.split(":", 5), arn.split(":", 5)
    return len(wanted) == len(given) and all(
        fnmatch.fnmatchcase(part, _without_sets(like)) for part, like in zip(given, wanted, strict=True)
    )


def _without_sets(pattern: str) -> str:
    """fnmatch knows [sets], IAM does not."""
    return pattern.replace("[", "[[]")
