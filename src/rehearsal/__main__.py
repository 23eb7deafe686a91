"""`scripts/rehearse`: the command line."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from collections.abc import Sequence
from functools import partial

from local_aws import CannotStart
from local_aws.server import log_to_standard_error
from local_server import project
from local_server.__main__ import interrupt, port
from rehearsal.steps import StepFailed, Steps
from rehearsal.terraform import Terraform

# They report what is made to go wrong here: requests that are no HTTP, functions that do not answer.
_EXPECTED = ("uvicorn", "local_aws.gateway")
_EPILOG = """\
The stack of terraform/ is applied as it is: endpoints, credentials and two variables come from the environment, and
the packages are built for this machine. It needs Terraform 1.10, Java 17 and Node.js 20; reports go to build/rehearsal.

exit status: 0 all is as it should be; 1 something is not; 2 it could not run, or was interrupted
"""


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    log_to_standard_error()
    for name in _EXPECTED:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    steps = Steps(lambda line: print(line, flush=True))
    try:
        _rehearse(options, steps)
    except KeyboardInterrupt:
        return 2
    except CannotStart as error:
        print(error, file=sys.stderr)
        return 2
    except StepFailed as error:
        print(error, file=sys.stderr)
    from rehearsal.rehearsal import DEFAULT_FOLDER, REPORT

    print(f"{steps.report()}\nThe report: {DEFAULT_FOLDER / REPORT}", flush=True)
    return 0 if steps.passed else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "scripts/rehearse",
        description="Rehearses the whole deployment on this machine, without AWS.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--environment", choices=("dev", "sit", "prod"), default="dev", help="default: dev")
    parser.add_argument("--keep", action="store_true", help="leave what was deployed running, until Ctrl-C")
    parser.add_argument("--port", type=port, default=0, help="of the gateway, on 127.0.0.1 (default: a free one)")
    parser.add_argument("--skip-validation", action="store_true", help="without scripts/validate_deployment.py")
    parser.add_argument("--skip-fuzz", action="store_true", help="without scripts/fuzz")
    parser.add_argument("--max-examples", metavar="N", help="of scripts/fuzz")
    parser.add_argument("--seed", metavar="N", help="of scripts/fuzz")
    return parser


def _rehearse(options: argparse.Namespace, steps: Steps) -> None:
    Terraform.at(project.ROOT)  # Before anything is begun.
    # Imported late: moto takes a second or two, and whoever asks for help does not need it.
    from rehearsal.deployment import keep_running
    from rehearsal.rehearsal import DEFAULT_FOLDER, Options, rehearse, write_report

    given = {"--max-examples": options.max_examples, "--seed": options.seed}
    fuzzing = tuple(text for name, value in given.items() if value is not None for text in (name, value))
    wanted = Options(
        DEFAULT_FOLDER,
        options.environment,
        port=options.port,
        validate=not options.skip_validation,
        fuzz=None if options.skip_fuzz else fuzzing,
    )
    keep = partial(keep_running, folder=DEFAULT_FOLDER) if options.keep else lambda deployment: None
    try:
        rehearse(wanted, steps, keep)
    finally:
        write_report(steps, wanted)


if __name__ == "__main__":
    sys.exit(main())
