"""Python types of a document's schemas, made by datamodel-code-generator with the project's own settings.

The settings are profiles of `[tool.datamodel-codegen]` in pyproject.toml: `models` for pydantic models, `types` for
TypedDicts.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from contract_compiler.diagnostics import ToolError

Profile = Literal["models", "types"]


def python_types(bundle: str, profile: Profile) -> str:
    """The text of a Python module with the types of every schema in the bundle.

    Raises:
        ToolError: the generator is missing or refuses the document.
    """
    with TemporaryDirectory() as folder:
        source, module = Path(folder, "document.json"), Path(folder, "types.py")
        source.write_text(bundle, encoding="utf-8")
        command = [sys.executable, "-m", "datamodel_code_generator", "--profile", profile]
        command += ["--input", str(source), "--output", str(module)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ToolError("datamodel-code-generator", done.stderr)
        return module.read_text(encoding="utf-8")
