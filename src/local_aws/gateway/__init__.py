"""API Gateway with what was deployed: a REST API made of the imported body, with no look at the contract."""

from local_aws.gateway.errors import (
    AuthorizerFailed,
    AuthorizerMisconfigured,
    InvokeFailed,
    InvokeForbidden,
    NotPlayable,
)
from local_aws.gateway.gateway import DeployedGateway
from local_aws.gateway.ports import Authorizers, InvokedFunctions
from local_aws.gateway.stage import ApiIdentity, Stage, Throttle

__all__ = [
    "ApiIdentity",
    "AuthorizerFailed",
    "AuthorizerMisconfigured",
    "Authorizers",
    "DeployedGateway",
    "InvokeFailed",
    "InvokeForbidden",
    "InvokedFunctions",
    "NotPlayable",
    "Stage",
    "Throttle",
]
