"""TypeScript types of a document, made by openapi-typescript (npm)."""

from __future__ import annotations

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from contract_compiler.diagnostics import ToolError

_TOOL = "openapi-typescript"


def typescript_types(bundle: str, node_tools: Path) -> str:
    """The text of a `.d.ts` module with the paths, operations and components of the bundle.

    `node_tools` is a folder `node_modules` that holds openapi-typescript.

    Raises:
        ToolError: the generator is missing or refuses the document.
    """
    program = node_tools / ".bin" / _TOOL
    if not program.exists():
        raise ToolError(_TOOL, f"{program} is missing: install openapi-typescript 7 there (npm)")
    with TemporaryDirectory() as folder:
        source, module = Path(folder, "document.json"), Path(folder, "types.d.ts")
        source.write_text(bundle, encoding="utf-8")
        command = [str(program), str(source), "--output", str(module)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ToolError(_TOOL, done.stderr)
        return module.read_text(encoding="utf-8")
