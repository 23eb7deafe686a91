"""What client teams get, in a folder outside the checkout, and the API that they call."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from publishing.release_assets import assets
from tests.served import ROOT, Served, served

TOOLS = ROOT / "scripts" / "toolchain" / "clients"
NODE_TOOLS = ROOT / "scripts" / "toolchain" / "node_modules"
_BLOCK = re.compile(r"^```(\w+)\n(?://|#) (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMPILER = """\
{"compilerOptions": {"strict": true, "exactOptionalPropertyTypes": true, "noUncheckedIndexedAccess": true,
 "target": "ES2022", "module": "ESNext", "moduleResolution": "bundler",
 "lib": ["ES2023", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
 "resolveJsonModule": true, "skipLibCheck": false, "types": [], "outDir": "out"}}
"""


def missing(what: str) -> None:
    """Ends the test: as failed where CI is true, as skipped on a person's machine."""
    message = f"LEFT OUT: {what}"
    pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)


@dataclass(frozen=True)
class Workspace:
    """A client team's folder. `code` is what docs/clients.md has of it, by file name."""

    folder: Path
    code: dict[str, str]

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def compiled(self, *options: str) -> str:
        """What the TypeScript compiler says of the folder; nothing when all is well."""
        done = subprocess.run(
            [str(NODE_TOOLS / ".bin" / "tsc"), "--project", self.folder / "tsconfig.json", *options],
            cwd=self.folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.stdout + done.stderr


def run(*command: str | Path, cwd: Path | None = None, timeout: float = 120, **environment: str) -> str:
    """The standard output of a command that has to succeed."""
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True,
        check=False, timeout=timeout, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0, f"{command[0]} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def tools() -> Path:
    """The node_modules of client teams' programs."""
    if not (TOOLS / "node_modules" / "stamp").exists() or not (TOOLS / ".python_client" / "stamp").exists():
        missing("client teams' programs are not installed (python scripts/toolchain/install.py clients)")
    return TOOLS / "node_modules"


@pytest.fixture(scope="session")
def release(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the assets of a release."""
    folder = tmp_path_factory.mktemp("release")
    for name, content in assets("1.0.0").items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture(scope="session")
def code() -> dict[str, str]:
    text = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")
    return {name: body for _, name, body in _BLOCK.findall(text)}


@pytest.fixture(scope="session")
def installed(tools: Path, release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A node_modules with the package of types, as npm installs it, and what the documented client runs on."""
    folder = tmp_path_factory.mktemp("installed")
    tarball = next(release.glob("*.tgz"))
    run("npm", "install", "--offline", "--no-audit", "--no-fund", tarball, cwd=folder)
    for name in ("openapi-fetch", "openapi-typescript-helpers", "msw"):
        (folder / "node_modules" / name).symlink_to(tools / name)
    return folder / "node_modules"


def make_workspace(folder: Path, installed: Path, code: dict[str, str]) -> Workspace:
    made = Workspace(folder, code)
    (folder / "node_modules").symlink_to(installed)
    made.write("tsconfig.json", _COMPILER)
    made.write("package.json", '{"type": "module"}')
    return made


@pytest.fixture
def workspace(installed: Path, code: dict[str, str], tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path, installed, code)


@pytest.fixture(scope="session")
def built(installed: Path, code: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the documented client, compiled for a browser."""
    made = make_workspace(tmp_path_factory.mktemp("built"), installed, code)
    made.write("catalogue.ts", code["catalogue.ts"])
    assert made.compiled() == ""
    return made.folder / "out"


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.fixture(scope="session")
def token(catalogue: Served) -> str:
    return catalogue.token("platform-admin")


@pytest.fixture(scope="session")
def python_client() -> dict[str, str]:
    """The environment in which Python finds openapi-python-client and httpx."""
    return {"PYTHONPATH": str(TOOLS / ".python_client")}


@pytest.fixture(scope="session")
def oldest_pydantic() -> dict[str, str]:
    return {"PYTHONPATH": f"{TOOLS / '.oldest_pydantic'}{os.pathsep}{TOOLS / '.python_client'}"}


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's program: Debian's, or Chrome where a machine has that."""
    for name in ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser"):
        if program := shutil.which(name):
            return program
    missing("Chromium was not found (Debian: apt install chromium)")
    raise AssertionError
