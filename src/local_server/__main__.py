"""`scripts/serve`: its arguments, and the whole of it until Ctrl-C."""

from __future__ import annotations

import argparse
import re
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from local_aws import CannotStart
from local_aws.database import Database
from local_aws.server import listen, log_to_standard_error
from local_server import DYNAMODB_LOCAL, EMBEDDED, Options, project


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until it is interrupted. The exit status: 0 after that, 1 when it cannot start, 2 for bad usage."""
    options = _parser().parse_args(arguments, Options())
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    log_to_standard_error(project.REQUEST_LOG)
    try:
        _serve(options)
    except KeyboardInterrupt:
        pass
    except CannotStart as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("scripts/serve", description="Serves the product catalogue on this machine.")
    parser.add_argument("--port", type=port, default=8080, help="on 127.0.0.1; 0 takes a free one (default: 8080)")
    parser.add_argument(
        "--database",
        choices=(EMBEDDED, DYNAMODB_LOCAL),
        default=EMBEDDED,
        help="embedded: in memory; dynamodb-local: AWS's own engine, kept on disk, needs Java 17 (default: embedded)",
    )
    parser.add_argument(
        "--data", type=_folder, default=project.DATA, metavar="DIR", help="where to keep things (default: .local)"
    )
    parser.add_argument("--packaged", action="store_true", help="run the functions from their zips, as Lambda does")
    parser.add_argument(
        "--products", type=_count, default=0, metavar="N", help="add so many made-up products to the first ones"
    )
    parser.add_argument(
        "--origin",
        type=origin,
        action="append",
        default=[],
        metavar="URL",
        dest="origins",
        help="let pages of this origin call the API, such as http://localhost:4000; may be repeated. Always let in are "
        "the development servers of Vite, Next, Angular, Vue and Astro, as in dev: localhost with the ports "
        + ", ".join(each.rpartition(":")[2] for each in project.development_origins()),
    )
    parser.add_argument("--no-seed", action="store_true", help="leave the catalogue as it is, at first empty")
    return parser


def port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 1_000_000):
        raise argparse.ArgumentTypeError("a number of products is one from 0 to 1000000")
    return int(text)


def origin(text: str) -> str:
    """An origin as browsers send it (RFC 6454, 6.2): scheme, host in lower case, and no default port."""
    if not re.fullmatch(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?", text):
        raise argparse.ArgumentTypeError("an origin is a scheme, a host and perhaps a port: http://localhost:4000")
    return text


def _folder(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("name a folder")
    return Path(text)


def interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _serve(options: Options) -> None:
    with listen(options.port) as listener:
        make_folder(options.kept or options.data)
        database: Database
        if options.kept is None:
            from local_aws.database.embedded import EmbeddedDynamoDB

            database = EmbeddedDynamoDB()
        else:
            from local_aws.database.dynamodb_local import DynamoDBLocal

            database = DynamoDBLocal(options.kept, node_modules=project.NODE_MODULES)
        database.launch()
        try:
            # Imported late: it takes longest, and the engine starts meanwhile.
            from local_server.startup import run

            run(listener, database, options)
        finally:
            database.stop()


def make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".writable").touch()
        (folder / ".writable").unlink()
    except OSError as error:
        reason = f"{folder} cannot be used as data folder ({error.strerror})"
        raise CannotStart(f"{reason}. Choose another one with --data.") from None


if __name__ == "__main__":
    sys.exit(main())
