"""The parts put together: one ASGI application that is a contract's gateway, user pool and second judge."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cross_check.contract_document import ContractDocument
from cross_check.disagreements import Disagreements
from cross_check.known_differences import KnownDifferences, Place
from cross_check.second_opinion import SecondOpinion
from local_aws.asgi import App
from local_aws.functions import Functions
from local_aws.user_pool import Identity
from local_server.cors import Cors
from local_server.edge import Edge
from local_server.gateway import Gateway
from local_server.local_endpoints import local_endpoints


@dataclass(frozen=True)
class LocalCloud:
    """`app` is what a server serves; `identity` signs tokens for it; `disagreements` counts where its judges differ."""

    document: ContractDocument
    app: App
    identity: Identity
    disagreements: Disagreements

    @classmethod
    def compose(
        cls,
        document: ContractDocument,
        functions: Functions,
        identity: Identity,
        *,
        origins: Collection[str] = (),
        beyond_schema: Collection[Place] = (),
    ) -> LocalCloud:
        """`origins` may call from a browser; `beyond_schema` names parameters that a schema cannot judge alone."""
        opinion = SecondOpinion(document.content)
        disagreements = Disagreements(opinion, KnownDifferences(beyond_schema).explain)
        gateway = Gateway(document, functions, identity.claims, Cors(origins), disagreements.observe)
        app = Edge(gateway, local_endpoints(identity, disagreements.report))
        return cls(document, app, identity, disagreements)
