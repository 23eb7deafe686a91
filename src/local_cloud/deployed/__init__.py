"""API Gateway with what was deployed: a REST API made of the imported body, with no look at the contract."""

from local_cloud.deployed.errors import (
    AuthorizerFailed,
    AuthorizerMisconfigured,
    InvokeFailed,
    InvokeForbidden,
    NotPlayable,
)
from local_cloud.deployed.gateway import DeployedGateway
from local_cloud.deployed.ports import Authorizers, InvokedFunctions
from local_cloud.deployed.stage import ApiIdentity, Stage, Throttle

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
