"""Python clients against the running API: the documented one on the models, and a generated one."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.clients.conftest import run
from tests.served import Served, served

USE_MODELS = """
import json, sys
import httpx, pydantic
from decimal import Decimal
from catalogue import life_of_a_product
from models import ProductUpdate
assert ProductUpdate(price=Decimal("0.01")).model_dump_json() == '{"price":0.01}'  # The least that the contract admits.
with httpx.Client(base_url=sys.argv[1]) as api:
    print(json.dumps({"pydantic": pydantic.VERSION, "names": life_of_a_product(api, sys.argv[2])}))
"""
USE_GENERATED = """
import sys
from http import HTTPStatus
from product_catalogue_client import AuthenticatedClient, Client
from product_catalogue_client.api.administration import create_product, delete_product, update_product
from product_catalogue_client.api.catalogue import get_product, list_products
from product_catalogue_client.models import ProductCreate, ProductUpdate

anybody = Client(base_url=sys.argv[1])
administrator = AuthenticatedClient(base_url=sys.argv[1], token=sys.argv[2])
new = ProductCreate(name="Generated", description="Made by a generated client.", price=79.77, period="per year",
                    features=["One domain"])
created = create_product.sync_detailed(client=administrator, body=new)
assert created.status_code == HTTPStatus.CREATED, created
product = created.parsed.product
etag = created.headers["ETag"]
change = {"product_id": product.product_id, "client": administrator, "if_match": etag}
changed = update_product.sync_detailed(**change, body=ProductUpdate(price=10.01))
assert changed.parsed.product.price == 10.01, changed
stale = update_product.sync_detailed(**change, body=ProductUpdate(price=12))
assert stale.status_code == HTTPStatus.PRECONDITION_FAILED, stale
names, page = [], list_products.sync(client=anybody, limit=4)
while True:
    names += [each.name for each in page.products]
    if not page.next_token:
        break
    page = list_products.sync(client=anybody, limit=4, next_token=page.next_token)
assert names.count("Generated") == 1, names
gone = delete_product.sync_detailed(product.product_id, client=administrator)
assert gone.status_code == HTTPStatus.NO_CONTENT, gone
assert get_product.sync_detailed(product.product_id, client=anybody).status_code == HTTPStatus.NOT_FOUND
print("done")
"""


@pytest.mark.parametrize("release_of_pydantic", ["oldest_pydantic", "python_client"])
def test_the_documented_client_goes_through_a_products_life(
    release_of_pydantic: str, request: pytest.FixtureRequest, release: Path, code: dict[str, str], tmp_path: Path
) -> None:
    shutil.copy(release / "models.py", tmp_path)
    (tmp_path / "catalogue.py").write_text(code["catalogue.py"])
    (tmp_path / "use.py").write_text(USE_MODELS)
    environment = request.getfixturevalue(release_of_pydantic)
    (tmp_path / "served").mkdir()
    with served(tmp_path / "served") as api:
        token = api.token("platform-admin")
        found = json.loads(run(sys.executable, "use.py", api.url, token, cwd=tmp_path, **environment))
    assert found["names"].count("Photo Book") == 1
    assert len(set(found["names"])) == len(found["names"]) > 5
    head = (tmp_path / "models.py").read_text().partition("\n\n")[0]
    if release_of_pydantic == "oldest_pydantic":
        assert f"Needs pydantic {found['pydantic'].rpartition('.')[0]} or newer" in head


def test_openapi_python_client_makes_a_client_that_works(
    catalogue: Served, token: str, release: Path, python_client: dict[str, str], tmp_path: Path
) -> None:
    generate = ("-m", "openapi_python_client", "generate", "--path", release / "products.json", "--meta", "none")
    path = f"{python_client['PYTHONPATH']}/bin{os.pathsep}{os.environ['PATH']}"  # It calls ruff.
    run(sys.executable, *generate, "--output-path", tmp_path / "product_catalogue_client", **python_client, PATH=path)
    (tmp_path / "use.py").write_text(USE_GENERATED)
    assert run(sys.executable, "use.py", catalogue.url, token, cwd=tmp_path, **python_client) == "done\n"


def test_the_models_are_typed_for_a_strict_checker(release: Path, code: dict[str, str], tmp_path: Path) -> None:
    shutil.copy(release / "models.py", tmp_path)
    (tmp_path / "catalogue.py").write_text(code["catalogue.py"])
    run(sys.executable, "-m", "mypy", "--strict", "--cache-dir", tmp_path / "cache", "catalogue.py", cwd=tmp_path)
