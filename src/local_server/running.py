"""The local cloud from the moment there is a database: functions, gateway, first products, server."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from tempfile import TemporaryDirectory

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from cross_check.contract_document import ContractDocument, version_headers
from local_aws import log_lines
from local_aws.database import Database, create_table
from local_aws.errors import CannotStart
from local_aws.functions import Functions, InProcessFunctions
from local_aws.server import server
from local_aws.user_pool import Identity, kept_key
from local_server import project
from local_server.banner import ready
from local_server.cloud import LocalCloud
from local_server.seed import seed_once


@dataclass(frozen=True)
class Choices:
    """What `scripts/serve` was asked for. `key` is the user pool's key file, `kept` the folder of the database.

    `packaged` runs each function from its zip, in processes of its own, instead of here.
    """

    key: Path
    kept: Path | None
    seeded: bool
    packaged: bool = False


def run(listener: socket, database: Database, choices: Choices) -> None:
    """Serves on `listener` until it is interrupted. Raises CannotStart."""
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    identity = Identity(url, kept_key(choices.key))
    database.wait()
    variables = project.variables(database.endpoint, project.origins(url))
    project.set_environment(variables)
    _make_table(choices.kept)
    document = ContractDocument.load(project.DOCUMENT, version_headers(project.GATEWAY_SETTINGS))
    with ExitStack() as stack:
        functions = _packaged(document, variables, stack) if choices.packaged else _in_process(document)
        asyncio.run(_serve(_compose(document, functions, identity, url), url, listener, choices))


def _make_table(kept: Path | None) -> None:
    try:
        create_table(boto3.client("dynamodb"), project.TABLE)
    except (BotoCoreError, ClientError) as error:
        reason = f"the database in {kept or 'memory'} does not work ({type(error).__name__})"
        raise CannotStart(f"{reason}. If its files are damaged, choose another folder with --data.") from None


def _in_process(document: ContractDocument) -> Functions:
    return InProcessFunctions(project.HANDLER, [each.operation_id for each in document.operations()])


def _packaged(document: ContractDocument, variables: Mapping[str, str], stack: ExitStack) -> Functions:
    from local_aws.packaged_functions import PackagedFunctions
    from local_aws.packages import packages_for_this_machine

    folder = Path(stack.enter_context(TemporaryDirectory(prefix="packages-")))
    packages = packages_for_this_machine(project.ROOT, folder, log_lines.say)
    operation_ids = [each.operation_id for each in document.operations()]
    functions = PackagedFunctions(packages.folder, operation_ids, packages.runtime, variables, log_lines.say_of)
    stack.callback(functions.stop)
    return functions


def _compose(document: ContractDocument, functions: Functions, identity: Identity, url: str) -> LocalCloud:
    origins, beyond_schema = project.origins(url), project.BEYOND_SCHEMA
    return LocalCloud.compose(document, functions, identity, origins=origins, beyond_schema=beyond_schema)


async def _serve(cloud: LocalCloud, url: str, listener: socket, choices: Choices) -> None:
    token = cloud.identity.token(cloud.document.extension(project.ALLOWED_GROUPS)[:1])
    if choices.seeded:
        await seed_once(cloud.app, project.collection(), token, project.CATALOGUE, choices.kept)
    print(ready(url, project.collection(), token, choices.kept), flush=True)
    log_lines.log_requests()
    await server(cloud.app).serve(sockets=[listener])
