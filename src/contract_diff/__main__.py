"""The command line: `python -m contract_diff [OLD [NEW]]`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from contract_compiler.diagnostics import InvalidDocument
from contract_diff.changes import Change
from contract_diff.comparison import compare
from contract_diff.sources import (
    CONTRACT,
    Changelog,
    NestedTooDeeply,
    NoSource,
    NoVersion,
    Source,
    last_released,
    read,
)
from contract_diff.verdict import as_json, markdown, text, verdict_on

_DESCRIPTION = f"""\
Tells what a new version of the contract means to the clients of the old one: each change by its rule and place, whether
it is breaking, an addition or documentation, and which part of info.version must move.

OLD and NEW are files, or git:REVISION for {CONTRACT} at that revision. NEW is the working tree's unless it is named.
OLD is the last release, the newest tag v* in the history of HEAD; before the first release it is the contract with
which the branch left main, and on main itself that of the commit before. It may still grow then without a new version.
"""
_EPILOG = """\
exit status: 0 may be merged; 1 breaking without a new path version and a line in the changelog, or info.version has not
moved enough; 2 could not run: no such file or revision (a shallow clone), not an OpenAPI 3.0 document, or one that
is nested too deeply.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, print, and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="scripts/contract_diff",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("old", nargs="?", metavar="OLD", help="the contract that clients have")
    parser.add_argument("new", nargs="?", metavar="NEW", help=f"the one to come (default: {CONTRACT})")
    form = parser.add_mutually_exclusive_group()
    form.set_defaults(form=text)
    form.add_argument("--json", action="store_const", dest="form", const=as_json, help="print JSON")
    form.add_argument("--markdown", action="store_const", dest="form", const=markdown, help="print a table")
    parser.add_argument(
        "--changelog",
        type=Path,
        metavar="FILE",
        default=Path("CHANGELOG.md"),
        help="what names deliberate breaks and dates releases (default: %(default)s)",
    )
    parser.add_argument(
        "--project", type=Path, metavar="DIR", default=Path(), help="the checkout (default: the working directory)"
    )
    options = parser.parse_args(arguments)
    try:
        changelog = Changelog(options.changelog.read_text("utf-8") if options.changelog.is_file() else "")
        old = read(options.old, options.project) if options.old else last_released(options.project, changelog)
        new = read(options.new or str(options.project / CONTRACT), options.project)
        new = new if options.new else replace(new, name=CONTRACT)
        verdict = verdict_on(old, new, _changes(old, new), changelog)
    except InvalidDocument as refused:
        for source, reasons in groupby(refused.diagnostics, key=lambda each: each.source):
            print(f"{source} is refused:", *reasons, sep="\n", file=sys.stderr)
    except UnicodeDecodeError as error:
        print(f"{options.changelog} is not UTF-8: {error}", file=sys.stderr)
    except (NestedTooDeeply, NoSource, NoVersion, OSError) as error:
        print(error, file=sys.stderr)
    else:
        print(options.form(verdict), end="")
        return 1 if verdict.problems else 0
    return 2


def _changes(old: Source, new: Source) -> list[Change]:
    """The changes. Raises NestedTooDeeply."""
    try:
        return compare(old.document, new.document)
    except RecursionError:
        raise NestedTooDeeply(old.name, new.name) from None


if __name__ == "__main__":
    sys.exit(main())
