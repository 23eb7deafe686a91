"""`Gateway`: API Gateway with one REST API, made of the body that is imported, with no look at the contract."""

from local_aws.gateway.errors import (
    AuthorizerFailed,
    AuthorizerMisconfigured,
    NotPlayable,
)
from local_aws.gateway.gateway import Gateway
from local_aws.gateway.ports import Authorizers, InvokedFunctions
from local_aws.gateway.stage import ApiIdentity, Stage, Throttle

__all__ = [
    "ApiIdentity",
    "AuthorizerFailed",
    "AuthorizerMisconfigured",
    "Authorizers",
    "Gateway",
    "InvokedFunctions",
    "NotPlayable",
    "Stage",
    "Throttle",
]
