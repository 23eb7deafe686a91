"""`--keep`: what was deployed goes on running, and says how to reach it."""

from __future__ import annotations

import json
import os
import signal
from contextlib import suppress
from pathlib import Path

from local_server import project
from rehearsal.deployment import Deployment

_RUNNING = """
API          {url}{path}
Session      {session}  (URL, endpoints and tokens, for a script)

An administrator's token, good for an hour, to paste in a shell:

TOKEN={token}

curl -i {url}{path} -H "Authorization: Bearer $TOKEN"

AWS itself:  AWS_ENDPOINT_URL={aws} aws lambda list-functions --region {region}
Ctrl-C, or kill {pid}, destroys the stack and stops.
"""


def keep_running(deployment: Deployment, folder: Path) -> None:
    """Says how to reach it, and waits for an interruption, which is how this ends."""
    session = folder / "session.json"
    try:
        print(announce(deployment, session), flush=True)
        with suppress(KeyboardInterrupt):
            signal.pause()
    finally:
        session.unlink(missing_ok=True)


def announce(deployment: Deployment, session: Path) -> str:
    """The words for a person; `session` gets the same for a program, and is the owner's alone to read."""
    account, token = deployment.account, deployment.account.administrator.token()
    reachable_at = {
        "url": deployment.url,
        "pid": os.getpid(),
        "region": account.aws.region,
        "endpoints": account.endpoints,
        "token": token,
        "tokenWithoutGroup": account.somebody.token(),
    }
    with os.fdopen(os.open(session, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(reachable_at, file, indent=1)
    reachable_at = {
        "url": deployment.url,
        "path": project.collection(),
        "session": session,
        "token": token,
        "pid": os.getpid(),
    }
    return _RUNNING.format(**reachable_at, aws=account.aws.endpoint, region=account.aws.region)
