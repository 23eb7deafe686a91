"""Modules of one package in one file, for those that importing it loads anyway.

To find, open and read a module is most of what its import costs a cold start. A bundle is the bytecode of the package's
`__init__`, which holds that of the others and executes them in the order in which they import each other. What they
import late stays in files of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lambda_packages.bytecode import TASK_ROOT, told_by
from lambda_packages.imports import Module

# Follows the package's own code. The text is the place of the modules' names and bytecode.
_START = """
def _execute(modules):
    import sys
    from types import ModuleType

    for name, code in modules:
        full_name = f"{__name__}.{name}"
        module = globals()[name] = sys.modules[full_name] = ModuleType(full_name)
        module.__file__, module.__package__ = code.co_filename, __name__
        exec(code, module.__dict__)


_execute("MODULES")
"""
# For the target's interpreter: paths, names and the text above come in as a literal.
_COMPILE = """
import ast, importlib.util, marshal, sys
start, (_, init, shown), *modules = ast.literal_eval(sys.stdin.read())
def code(path, shown, more=""):
    with open(path, encoding="utf-8") as file:
        return compile(file.read() + more, shown, "exec", dont_inherit=True)
held = tuple((name, code(path, shown)) for name, path, shown in modules)
package = code(init, shown, start)
package = package.replace(co_consts=tuple(held if each == "MODULES" else each for each in package.co_consts))
unchecked_hash = (1).to_bytes(4, "little") + bytes(8)  # PEP 552
sys.stdout.buffer.write(importlib.util.MAGIC_NUMBER + unchecked_hash + marshal.dumps(package))
"""


def bundled(modules: Sequence[Module], interpreter: Path) -> bytes:
    """The bytecode file of a package, which comes first, and of its modules in the order of their execution.

    Raises BuildError for one that does not compile.
    """
    package = modules[0].name
    named = [(each.name.removeprefix(f"{package}."), str(each.path), f"{TASK_ROOT}/{each.arcname}") for each in modules]
    return told_by(interpreter, _COMPILE, repr((_START, *named)))
