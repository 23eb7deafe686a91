"""`scripts/serve` from the moment there is a database: functions, gateway, first products, server."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from socket import socket
from tempfile import TemporaryDirectory

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from starlette.types import ASGIApp

from cross_check.contract_document import ContractDocument
from local_aws import CannotStart
from local_aws.database import Database, create_table
from local_aws.functions import CONCURRENT_INVOCATIONS, Function, Functions, InProcessFunction
from local_aws.server import LOOPBACK, AsgiServer
from local_aws.user_pool import UserPool, signing_key
from local_server import Options, project
from local_server.app import LocalApp, refusal
from local_server.seed import Administrator, seed_once

# One interpreter runs them, and the embedded database too: with more, each waits for the database until it gives up.
_IN_PROCESS_AT_ONCE = 8
_READY = """\
API          {url}{path}
Contract     {url}/openapi.json and {url}/openapi.yaml
Client teams {url}/
Swagger UI   {url}/ui/
Data         {data}
Validators   {url}/_local/disagreements

An administrator's token, good for a day, to paste in a shell and under Authorize in Swagger UI:

TOKEN={token}

curl -i {url}{path} -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{example}'

Another user's:  curl -s -X POST {url}/_local/token -d '{{"groups": ["somebody"]}}'
Ctrl-C stops it. One line follows for every request to the API.
"""

_OPEN = (
    "DynamoDB Local listens on every address of this machine, not on loopback alone, and takes any credentials: "
    "do not keep there what others on your network may not see"
)
_IN_MEMORY = "in memory, gone when this stops (--database dynamodb-local keeps it)"
_EXAMPLE = (
    '{"name": "My package", "description": "A package made from the command line.", '
    '"price": 79.77, "period": "per year", "features": ["One domain"]}'
)


def run(listener: socket, database: Database, options: Options) -> None:
    """Serves on `listener` until it is interrupted. Raises CannotStart."""
    url = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
    user_pool = UserPool(url, signing_key(options.data / "identity.pem"), project.REGION)
    database.wait()
    origins = project.origins(url, options.origins)
    variables = project.variables(database.endpoint, origins)
    project.set_environment(variables)
    try:
        create_table(boto3.client("dynamodb"), project.TABLE)
    except (BotoCoreError, ClientError) as error:
        reason = f"the database in {options.kept or 'memory'} does not work ({type(error).__name__})"
        raise CannotStart(f"{reason}. If its files are damaged, choose another folder with --data.") from None
    document, path = ContractDocument.load(project.DOCUMENT), project.collection()
    token = user_pool.token(document.extension(project.ALLOWED_GROUPS)[:1], username="administrator")
    data = f"kept in {options.kept}. {_OPEN}" if options.kept else _IN_MEMORY

    async def serve(app: ASGIApp) -> None:
        if not options.no_seed:
            await seed_once(Administrator(app, path, token), project.CATALOGUE, options.kept, options.products)
        print(_READY.format(url=url, path=path, token=token, data=data, example=_EXAMPLE), flush=True)
        logging.getLogger(project.REQUEST_LOG).setLevel(logging.INFO)
        await AsgiServer(app, listener, lambda: refusal(400)).serve()

    with ExitStack() as stack:
        functions, body = _functions(options.packaged, variables, stack), project.gateway_body(user_pool.arn)
        local_app = LocalApp(document, body, functions, user_pool, origins)
        asyncio.run(serve(local_app.app))


def _functions(is_packaged: bool, variables: Mapping[str, str], stack: ExitStack) -> Functions:
    """The functions by the names that the gateway's body calls them."""
    modules = project.modules_by_function()
    found: dict[str, Function] = {}
    if is_packaged:
        from local_aws.packaged_functions import PackagedFunctions, packages_for_this_machine

        say = partial(print, file=sys.stderr, flush=True)
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="packages-")))
        packages = packages_for_this_machine(project.ROOT, folder, say)
        running = PackagedFunctions(packages, modules.values(), variables, lambda name, line: say(f"{name}: {line}"))
        stack.callback(running.stop)
        found |= {name: running.by_name[module] for name, module in modules.items()}
    else:
        found |= {name: InProcessFunction(name, project.HANDLER.format(module)) for name, module in modules.items()}
    at_once = CONCURRENT_INVOCATIONS if is_packaged else _IN_PROCESS_AT_ONCE
    functions = Functions(lambda function_arn, source_arn: found[function_arn.split(":")[6]], at_once)
    stack.callback(functions.stop)
    return functions
