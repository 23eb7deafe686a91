"""The types of an operation's request and responses, as a type checker reads them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from contract_compiler.document import load, parse
from contract_compiler.operation_types import operation_types

PROJECT = Path(__file__).parents[3]
DOCUMENT = """
openapi: 3.0.3
info: {title: Things, version: '1'}
paths:
  /things/{id}:
    post:
      operationId: exportCSV
      parameters:
        - {in: path, name: id, required: true, schema: {type: integer}}
        - {in: query, name: limit, schema: {type: integer, default: 5}}
        - {in: query, name: price, schema: {type: number}}
        - {in: query, name: sort, required: true, schema: {type: string, enum: [up, down]}}
        - {in: query, name: tags, schema: {type: array, items: {type: string, nullable: true}}}
        - {in: query, name: flag, allowEmptyValue: true, schema: {type: boolean}}
        - {in: query, name: filter, content: {application/json: {schema: {type: object}}}}
        - {in: header, name: X-Trace, schema: {type: string}}
      requestBody:
        content:
          application/json: {schema: {$ref: '#/components/schemas/Thing'}}
          text/plain: {schema: {type: string}}
          image/png: {}
      responses:
        '200':
          description: It.
          headers:
            ETag: {required: true, schema: {type: string}}
            X-Kind: {required: true, schema: {type: string, enum: [thing]}}
            X-Request-Id: {required: true, schema: {type: string}}
          content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Thing'}}}}
        '204': {description: None., headers: {ETag: {required: true, schema: {type: string}}}}
        4XX: {description: Not fine.}
        default: {description: Any., content: {application/json: {schema: {type: object}}}}
    get:
      operationId: getThing
      parameters: [{in: path, name: id, required: true, schema: {type: integer}}]
      responses: {'200': {description: It., content: {application/json: {schema: {$ref: '#/components/schemas/Part'}}}}}
components:
  schemas:
    Thing: {type: object}
    Part: {type: object, properties: {secret: {type: string, writeOnly: true}}}
"""


@pytest.fixture(scope="module")
def stub() -> str:
    files = {"types.py": "class Thing: ...\nclass Part: ...\nOther: int\n"}
    return operation_types(parse(DOCUMENT), "types.py", files)


@pytest.mark.parametrize(
    "line",
    [
        "'id': int,",
        "'limit': int,",
        "'price': NotRequired[Decimal],",
        "'sort': Literal['up', 'down'],",
        "'tags': NotRequired[list[str | None]],",
        "'flag': NotRequired[bool | str],",
        "'filter': NotRequired[JSON],",
        "'X-Trace': NotRequired[str],",
    ],
)
def test_a_parameter_has_its_type_and_may_be_absent_without_a_default(stub: str, line: str) -> None:
    assert f"    {line}\n" in stub


def test_a_request_has_the_types_of_its_parts(stub: str) -> None:
    bodies = "Thing | str | JSON | None"
    assert f"Request: TypeAlias = Request[ExportCsvPath, ExportCsvQuery, ExportCsvHeaders, {bodies}]" in stub
    assert "GetThingRequest: TypeAlias = Request[GetThingPath, GetThingQuery, GetThingHeaders, None]" in stub


def test_headers_that_the_run_time_adds_may_be_left_out(stub: str) -> None:
    headers = stub[stub.index("ExportCsv200Headers = ") :]
    assert "    'ETag': str,\n" in headers
    assert "    'X-Kind': NotRequired[Literal['thing']],\n" in headers
    assert "    'X-Request-Id': NotRequired[str],\n" in headers


def test_each_declared_status_is_one_way_to_make_a_response(stub: str) -> None:
    assert "status: Literal[200], body: list[Thing], headers: ExportCsv200Headers, *, fallback" in stub
    assert "status: Literal[204], body: None = None, *, headers: ExportCsv204Headers, fallback" in stub
    assert "status: Literal[400, 401, 403, 404," in stub
    assert "504], body: JSON, headers: ExportCsvDefaultHeaders = ..." in stub


def test_one_status_alone_is_no_overload(stub: str) -> None:
    alone = stub[stub.index("class GetThingResponse") : stub.index("ExportCsvPath")]
    assert "@overload" not in alone
    # A schema that is another one for requests has no name that fits.
    assert "status: Literal[200], body: JSON," in alone


def test_the_stub_is_python_and_imports_what_it_names(stub: str) -> None:
    assert "from .types import Thing\n" in stub
    assert "import Part" not in stub
    ast.parse(stub)


def test_the_committed_stub_is_the_generated_one() -> None:
    files = {"product_types.py": (PROJECT / "generated/product_types.py").read_text()}
    made = operation_types(load(PROJECT / "openapi/products.yaml"), "product_types.py", files)
    assert (PROJECT / "generated/operation_types.pyi").read_text() == made
