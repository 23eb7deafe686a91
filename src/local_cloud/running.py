"""The local cloud from the moment there is a database: functions, gateway, first products, server."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from socket import socket

import boto3

from local_cloud import project
from local_cloud.banner import ready
from local_cloud.cloud import LocalCloud
from local_cloud.contract_document import ContractDocument
from local_cloud.database import Database, create_table
from local_cloud.functions import InProcessFunctions
from local_cloud.identity import Identity, kept_key
from local_cloud.log_lines import log_requests
from local_cloud.seed import seed_once
from local_cloud.server import server


@dataclass(frozen=True)
class Choices:
    """What `scripts/serve` was asked for. `key` is the user pool's key file, `kept` the folder of the database."""

    key: Path
    kept: Path | None
    seeded: bool


def run(listener: socket, database: Database, choices: Choices) -> None:
    """Serves on `listener` until it is interrupted. Raises CannotStart."""
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    identity = Identity(url, kept_key(choices.key))
    database.wait()
    project.set_environment(database.endpoint, project.origins(url))
    create_table(boto3.client("dynamodb"), project.TABLE)
    asyncio.run(_serve(_compose(identity, url), url, listener, choices))


def _compose(identity: Identity, url: str) -> LocalCloud:
    document = ContractDocument.load(project.DOCUMENT)
    functions = InProcessFunctions(project.HANDLER, [each.operation_id for each in document.operations()])
    origins, beyond_schema = project.origins(url), project.BEYOND_SCHEMA
    return LocalCloud.compose(document, functions, identity, origins=origins, beyond_schema=beyond_schema)


async def _serve(cloud: LocalCloud, url: str, listener: socket, choices: Choices) -> None:
    token = cloud.identity.token(cloud.document.extension(project.ALLOWED_GROUPS)[:1])
    if choices.seeded:
        await seed_once(cloud.app, project.CREATE_PATH, token, project.CATALOGUE, choices.kept)
    print(ready(url, project.CREATE_PATH, token, choices.kept), flush=True)
    log_requests()
    await server(cloud.app).serve(sockets=[listener])
