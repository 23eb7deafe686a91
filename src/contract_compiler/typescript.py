"""TypeScript types of a document, made by openapi-typescript (npm)."""

from __future__ import annotations

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from contract_compiler.diagnostics import ToolError
from contract_compiler.output import json_text

_TOOL = "openapi-typescript"


def typescript_types(document: dict[str, Any], node_tools: Path) -> str:
    """The text of a `.d.ts` module with the paths, operations and components of a document (`client_document`).

    `node_tools` is a folder `node_modules` that holds openapi-typescript.

    Raises:
        ToolError: the generator is missing or refuses the document.
    """
    program = node_tools / ".bin" / _TOOL
    if not program.exists():
        raise ToolError(_TOOL, f"{program} is missing: install openapi-typescript 7 there (npm)")
    with TemporaryDirectory() as folder:
        source, module = Path(folder, "document.json"), Path(folder, "types.d.ts")
        source.write_text(json_text(document, sort_keys=False), encoding="utf-8")
        command = [str(program), str(source), "--output", str(module)]
        command += ["--default-non-nullable", "false"]  # What has a default may be left out.
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ToolError(_TOOL, done.stderr)
        return module.read_text(encoding="utf-8")
