"""The command line: `python -m contract_compiler DOCUMENT --out DIR`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path

from contract_compiler.api_gateway.body import import_body
from contract_compiler.client_document import client_document
from contract_compiler.diagnostics import InvalidDocument, ToolError
from contract_compiler.document import load
from contract_compiler.handler_permissions import handler_permissions
from contract_compiler.lint import lint
from contract_compiler.operation_tables import tables
from contract_compiler.operation_types import operation_types
from contract_compiler.output import differences, json_text, write
from contract_compiler.type_generators import python_types, typescript_types

_OK, _REFUSED, _FAILED = 0, 1, 2
_EPILOG = """\
Each fault and each warning has its place, a JSON Pointer into the file, and the id of the rule in brackets.
exit status: 0 compiled (or up to date); 1 the document is refused, or with --check files are stale; 2 anything else
(an unreadable file, a missing tool, a wrong option).
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Compile, or check what was compiled, and return the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.permissions is not None and options.handlers is None:
        parser.error("--permissions is read from the handlers: give --handlers too")
    if options.operation_types is not None and options.types is None:
        parser.error("--operation-types are made of the types of schemas: give --types too")
    try:
        files = _compile(options)
        if options.check:
            lines = list(differences(options.out, files))
            sys.stdout.writelines(lines)
            _say(f"{options.out} is {'stale: generate it again' if lines else 'up to date'}")
            return _REFUSED if lines else _OK
        changed = write(options.out, files)
        for name in changed:
            _say(f"changed {options.out / name}")
        _say(f"{options.out}: {len(files)} file(s), {len(changed)} changed")
        return _OK
    except InvalidDocument as invalid:
        for source, group in groupby(invalid.diagnostics, key=lambda diagnostic: diagnostic.source):
            lines = [str(diagnostic) for diagnostic in group]
            _say("\n".join([f"{source or options.document} is refused, for {len(lines)} reason(s):", *lines]))
        return _REFUSED
    except RecursionError:
        _say(f"{options.document} is refused: its schemas contain each other in too long a chain")
        return _REFUSED
    except (OSError, ToolError) as error:
        _say(str(error))
        return _FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m contract_compiler",
        description="Compiles an OpenAPI 3.0 document into one self-contained table of checks for each operation.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("document", type=Path, metavar="DOCUMENT", help="the OpenAPI 3.0 document, YAML or JSON")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder of what is generated")
    parser.add_argument("--check", action="store_true", help="write nothing; show what is stale in DIR as a diff")
    parser.add_argument("--handlers", type=Path, metavar="DIR", help="demand a module here for every operation")
    parser.add_argument("--strict", action="store_true", help="refuse what would compile with a warning")
    parser.add_argument("--bundle", metavar="FILE", help="also write the document as JSON")
    parser.add_argument("--models", metavar="FILE", help="also write pydantic models of its schemas")
    parser.add_argument("--types", metavar="FILE", help="also write TypedDicts of its schemas")
    parser.add_argument("--operation-types", metavar="FILE", help="also write types of requests and responses: .pyi")
    parser.add_argument("--typescript", metavar="FILE", help="also write TypeScript types")
    parser.add_argument("--permissions", metavar="FILE", help="also write what the handlers read and call")
    parser.add_argument("--api-gateway", metavar="FILE", help="also write the body that API Gateway imports")
    parser.add_argument(
        "--api-gateway-settings",
        type=Path,
        metavar="FILE",
        default=Path("apigateway.yaml"),
        help="what API Gateway needs beyond the document (default: %(default)s)",
    )
    parser.add_argument(
        "--node-tools",
        type=Path,
        metavar="DIR",
        default=Path("node_modules"),
        help="the node_modules that holds openapi-typescript (default: %(default)s)",
    )
    return parser


def _compile(options: argparse.Namespace) -> dict[str, str]:
    """Every file that is wanted, as text, by path relative to the output folder, before any of them is written."""
    document = load(options.document)
    _say(f"checking {options.document}")
    for warning in lint(document, options.handlers, strict=options.strict):
        _say(f"warning: {warning}")
    files = tables(document)
    _say(f"compiled {len(files) - 1} operation(s)")
    makers: tuple[tuple[str | None, Callable[[], str]], ...] = (
        (options.bundle, lambda: json_text(document.value, sort_keys=False)),
        (options.models, lambda: python_types(client_document(document), "models")),
        (options.types, lambda: python_types(client_document(document), "types")),
        (options.operation_types, lambda: operation_types(document, options.types, files)),
        (options.typescript, lambda: typescript_types(client_document(document), options.node_tools)),
        (options.api_gateway, lambda: json_text(import_body(document, load(options.api_gateway_settings)))),
        (options.permissions, lambda: json_text(handler_permissions(document, options.handlers))),
    )
    for name, make in makers:
        if name is not None:
            _say(f"making {name}")
            files[name] = make()
    return files


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
