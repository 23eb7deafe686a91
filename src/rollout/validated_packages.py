"""The command behind scripts/validated_packages: one build, known by one digest, from environment to environment.

The digest is that of the zips' manifest, which holds the digest of each.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Sequence
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError

from rollout.promotion import (
    STARTED_BY,
    GitHub,
    NotValidated,
    validated_by_run,
    validated_last,
    validated_release,
)

MANIFEST = "packages.json"


class OtherPackages(Exception):
    """Exception for a folder with other packages. The message says what is different."""


def digest(folder: Path) -> str:
    """SHA-256 of the manifest, in hexadecimal. Raises OtherPackages when the zips are not those that it lists."""
    try:
        manifest = (folder / MANIFEST).read_bytes()
        listed = {each["zip"]: each["sha256"] for each in json.loads(manifest)["functions"].values()}
    except FileNotFoundError:
        raise OtherPackages(f"there is no {MANIFEST} in {folder}") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise OtherPackages(f"{MANIFEST} in {folder} is no list of zips and their digests") from None
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.zip")}
    if different := sorted(name for name in listed | found if listed.get(name) != found.get(name)):
        raise OtherPackages(f"not as {MANIFEST} lists them: {', '.join(different)}")
    return hashlib.sha256(manifest).hexdigest()


def check(folder: Path, wanted: str) -> None:
    """Raises OtherPackages when the folder does not hold the build with this digest."""
    if (found := digest(folder)) != wanted:
        raise OtherPackages(f"the digest of {folder / MANIFEST} is {found}, not {wanted}")


EPILOG = """\
find prints run=…, commit=… and digest=… of the build that an environment has validated. It asks GitHub about the
repository in GITHUB_REPOSITORY, with the token in GH_TOKEN.

The exit status is 0 when all is as it should be, 1 when it is not, 2 when GitHub could not be asked."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        match options.action:
            case "find":
                _find(options)
            case "digest":
                print(digest(options.folder))
            case "check":
                check(options.folder, options.digest)
                _say(f"{options.folder} holds the build {options.digest}")
        return 0
    except (OtherPackages, NotValidated) as error:
        _say(f"error: {error}")
        return 1
    except HTTPError as error:
        _say(f"error: GitHub answers {error.code} for {error.url}")
    except (OSError, HTTPException, KeyError, ValueError) as error:
        _say(f"error: GitHub could not be asked: {error}")
    return 2


def _find(options: argparse.Namespace) -> None:
    api = os.environ.get("GITHUB_API_URL", "https://api.github.com")
    github = GitHub(api, os.environ["GITHUB_REPOSITORY"], os.environ.get("GH_TOKEN", ""))
    if options.release:
        build = validated_release(github, options.environment, options.release)
    elif options.last:
        build = validated_last(github, options.environment)
    else:
        build = validated_by_run(github, options.environment, options.run)
    print(f"run={build.run}\ncommit={build.commit}\ndigest={build.digest}")


def _parser() -> argparse.ArgumentParser:
    style = argparse.RawDescriptionHelpFormatter
    description = "One build of the functions' packages, from environment to environment."
    parser = argparse.ArgumentParser(
        "scripts/validated_packages", description=description, epilog=EPILOG, formatter_class=style
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="find|digest|check")
    find = actions.add_parser("find", help="the build that an environment has validated")
    find.add_argument("environment", choices=list(STARTED_BY))
    which = find.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "--run", metavar="ID", help="id of the run that has validated it, the number in the run's address"
    )
    which.add_argument("--release", metavar="TAG", help="tag of its commit")
    which.add_argument("--last", action="store_true", help="the one that was deployed last")
    printed = actions.add_parser("digest", help="checks a build's zips against its manifest, and prints its digest")
    checked = actions.add_parser("check", help="whether a folder holds the build with this digest, and nothing else")
    for each in (printed, checked):
        each.add_argument("folder", type=Path, metavar="DIR")
    checked.add_argument("--digest", required=True, metavar="SHA256")
    return parser


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
