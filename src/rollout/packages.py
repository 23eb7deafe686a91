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
    Build,
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
    except FileNotFoundError:
        raise OtherPackages(f"there is no {MANIFEST} in {folder}") from None
    listed = _listed(manifest, folder)
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.zip")}
    if different := sorted(name for name in listed | found if listed.get(name) != found.get(name)):
        raise OtherPackages(f"not as {MANIFEST} lists them: {', '.join(different)}")
    return hashlib.sha256(manifest).hexdigest()


def _listed(manifest: bytes, folder: Path) -> dict[str, str]:
    try:
        return {each["zip"]: each["sha256"] for each in json.loads(manifest)["functions"].values()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise OtherPackages(f"{MANIFEST} in {folder} is no list of zips and their digests") from None


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
        return int(options.act(options) or 0)
    except (OtherPackages, NotValidated) as error:
        _say(f"error: {error}")
        return 1
    except HTTPError as error:
        _say(f"error: GitHub answers {error.code} for {error.url}")
    except (OSError, HTTPException, KeyError, ValueError) as error:
        _say(f"error: GitHub could not be asked: {error}")
    return 2


def _find(options: argparse.Namespace) -> None:
    build = _build(options, _github())
    print(f"run={build.run}\ncommit={build.commit}\ndigest={build.digest}")


def _build(options: argparse.Namespace, github: GitHub) -> Build:
    if options.release:
        return validated_release(github, options.environment, options.release)
    if options.last:
        return validated_last(github, options.environment)
    return validated_by_run(github, options.environment, options.run)


def _github() -> GitHub:
    api = os.environ.get("GITHUB_API_URL", "https://api.github.com")
    return GitHub(api, os.environ["GITHUB_REPOSITORY"], os.environ.get("GH_TOKEN", ""))


def _digest(options: argparse.Namespace) -> None:
    print(digest(options.folder))


def _check(options: argparse.Namespace) -> None:
    check(options.folder, options.digest)
    _say(f"{options.folder} holds the build {options.digest}")


def _parser() -> argparse.ArgumentParser:
    style = argparse.RawDescriptionHelpFormatter
    description = "One build of the functions' packages, from environment to environment."
    parser = argparse.ArgumentParser(
        "scripts/validated_packages", description=description, epilog=EPILOG, formatter_class=style
    )
    actions = parser.add_subparsers(required=True, metavar="find|digest|check")
    find = actions.add_parser("find", help="the build that an environment has validated")
    find.add_argument("environment", choices=list(STARTED_BY))
    which = find.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "--run", metavar="ID", help="id of the run that has validated it, the number in the run's address"
    )
    which.add_argument("--release", metavar="TAG", help="tag of its commit")
    which.add_argument("--last", action="store_true", help="the one that was deployed last")
    find.set_defaults(act=_find)
    digest_command = actions.add_parser(
        "digest", help="checks a build's zips against its manifest, and prints its digest"
    )
    digest_command.add_argument("folder", type=Path, metavar="DIR")
    digest_command.set_defaults(act=_digest)
    checked = actions.add_parser("check", help="whether a folder holds the build with this digest, and nothing else")
    checked.add_argument("folder", type=Path, metavar="DIR")
    checked.add_argument("--digest", required=True, metavar="SHA256")
    checked.set_defaults(act=_check)
    return parser


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
