"""Bad versions of a function, published and put behind its alias as a bad deployment would."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from rehearsal.functions import published
from rehearsal.moto_server import MockedAws

ALIAS = "live"
CRASHES_AT_START = "raise RuntimeError('this version cannot start')\n"
NEVER_ANSWERS = "import time\n\n\ndef handler(event, context):\n    time.sleep(3600)\n"
ANSWERS_GARBAGE = "def handler(event, context):\n    return {'status': 'fine'}\n"
GROWS = "import time\n\n\ndef handler(event, context):\n    held = b'x' * (400 * 2**20)\n    time.sleep(3600)\n"


@contextmanager
def released(aws: MockedAws, function: str, source: str, timeout: int | None = None) -> Iterator[None]:
    """A version whose handler is `source`, live while the `with` block runs; `timeout` in seconds, if not the same.

    Afterwards everything is as it was, so that Terraform finds nothing to change.
    """
    client = aws.client("lambda")
    settings = client.get_function_configuration(FunctionName=function)
    good = client.get_alias(FunctionName=function, Name=ALIAS)["FunctionVersion"]
    if timeout is not None:
        client.update_function_configuration(FunctionName=function, Timeout=timeout)
    bad = client.update_function_code(FunctionName=function, ZipFile=_zip(settings["Handler"], source), Publish=True)
    client.update_alias(FunctionName=function, Name=ALIAS, FunctionVersion=bad["Version"])
    try:
        yield
    finally:
        client.update_alias(FunctionName=function, Name=ALIAS, FunctionVersion=good)
        client.update_function_configuration(FunctionName=function, Timeout=settings["Timeout"])
        client.update_function_code(FunctionName=function, ZipFile=published(aws, function, good).code)
        client.delete_function(FunctionName=function, Qualifier=bad["Version"])


def _zip(handler: str, source: str) -> bytes:
    """`handler` as Lambda is told it: package.module.attribute."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"{handler.rpartition('.')[0].replace('.', '/')}.py", source)
    return packed.getvalue()
