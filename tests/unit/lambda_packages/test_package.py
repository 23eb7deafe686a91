from __future__ import annotations

import json
from pathlib import Path

import pytest

from lambda_packages.build import Function, contents, functions
from lambda_packages.target import BuildError


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for path, text in {
        "generated/operations/get_spoon.json": "{}",
        "generated/operations/bend_spoon.json": "{}",
        "src/products/__init__.py": "",
        "src/products/handlers/__init__.py": "",
        "src/products/handlers/get_spoon.py": "import lib\nfrom products import drawer",
        "src/contract/__init__.py": "",
        "src/contract/checks.py": "from contract.terms import *\ndef refuse():\n    import contract.wording",
        "src/contract/terms.py": "",
        "src/contract/wording.py": "",
        "src/products/handlers/bend_spoon.py": "import botocore.session\ncreate_client('spoon').get_spoon()",
        "src/products/drawer.py": "import contract.checks",
        "src/products/README.md": "for people",
        "src/products/py.typed": "",
        "wheels/lib/__init__.py": "from lib import fast",
        "wheels/lib/fast.abi3.so": "machine code",
        "wheels/lib/cacert.pem": "certificates",
        "wheels/lib/__init__.pyi": "types",
        "wheels/lib/tests/__init__.py": "",
        "wheels/lib-1.0.dist-info/METADATA": "",
        "wheels/botocore/__init__.py": "",
        "wheels/botocore/session.py": "",
        "wheels/botocore/data/endpoints.json": '{"partitions": []}',
        "wheels/botocore/data/spoon/1/service-2.json": json.dumps(
            {"metadata": {"endpointPrefix": "spoon"}, "operations": {}, "shapes": {}}
        ),
        "wheels/botocore/data/fork/1/service-2.json": "{}",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def test_there_is_a_function_for_each_compiled_operation(project: Path) -> None:
    assert [function.name for function in functions(project)] == ["bend_spoon", "get_spoon"]
    assert Function("get_spoon").handler == "products.handlers.get_spoon.handler"


def test_without_compiled_operations_there_is_nothing_to_package(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="scripts/generate"):
        functions(tmp_path)


def test_a_package_holds_what_its_handler_reaches_its_own_table_and_data(project: Path) -> None:
    packed = contents(Function("get_spoon"), project, project / "wheels")
    assert packed.sources.keys() == {
        "products/__init__.py",
        "products/handlers/__init__.py",
        "products/handlers/get_spoon.py",
        "products/drawer.py",
        "contract/__init__.py",
        "contract/checks.py",
        "contract/terms.py",
        "contract/wording.py",
        "lib/__init__.py",
    }
    assert packed.files.keys() == {"lib/fast.abi3.so", "lib/cacert.pem", "generated/operations/get_spoon.json"}
    assert packed.made == {}


def test_botocores_data_is_for_the_services_called_only(project: Path) -> None:
    packed = contents(Function("bend_spoon"), project, project / "wheels")
    assert packed.made.keys() == {"botocore/data/endpoints.json", "botocore/data/spoon/1/service-2.json"}
