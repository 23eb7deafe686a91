"""The published types and the documented TypeScript, as the strictest compiler settings see them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from contract_compiler.client_document import client_document
from contract_compiler.document import parse
from contract_compiler.type_generators import typescript_types
from tests.clients.conftest import NODE_TOOLS, Workspace, run
from tests.served import ROOT

HEAD = 'import type { components, operations } from "@bbws/product-catalogue";\ntype S = components["schemas"];\n'
ENTRY = '{ name: "Entry", description: "A single page.", price: 95, period: "per year", features: ["One domain"]'
RIGHT = {
    "a default is left out": f"const body: S['ProductCreate'] = {ENTRY} }};",
    "a default is sent": f"const body: S['ProductCreate'] = {ENTRY}, currency: 'USD' }};",
    "one field changes": "const body: S['ProductUpdate'] = { price: 1 };",
    "the last page has no token": "const page: S['ProductPage'] = { products: [], count: 0 };",
}
WRONG = {
    "a field that is unknown": f"const body: S['ProductCreate'] = {ENTRY}, colour: 'red' }};",
    "a field that is missing": "const body: S['ProductCreate'] = { name: 'Entry' };",
    "an absent field as undefined": "const page: S['ProductPage'] = { products: [], count: 0, nextToken: undefined };",
    "a price in text": "const body: S['ProductUpdate'] = { price: '1' };",
    "what an answer may lack": "declare const page: S['ProductPage']; const next: string = page.nextToken;",
}
LAX = ("--exactOptionalPropertyTypes", "false", "--noUncheckedIndexedAccess", "false")
ACCOUNT = """
openapi: 3.0.3
info: {title: Accounts, version: 1.0.0}
paths:
  /accounts:
    post:
      operationId: createAccount
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Account'}}}}
      responses:
        '200': {description: OK, content: {application/json: {schema: {$ref: '#/components/schemas/Account'}}}}
components:
  schemas:
    Account:
      type: object
      additionalProperties: false
      required: [id, name, secret]
      properties:
        id: {type: string, readOnly: true}
        name: {type: string}
        secret: {type: string, writeOnly: true}
        plan: {type: string, default: free}
"""
ACCOUNT_USE = """
import type { operations } from "./accounts.js";
type Call = operations["createAccount"];
const sent: Call["requestBody"]["content"]["application/json"] = { name: "A", secret: "s" };
declare const received: Call["responses"][200]["content"]["application/json"];
const id: string = received.id;
"""


@pytest.mark.parametrize("case", RIGHT)
def test_what_the_service_takes_is_well_typed(workspace: Workspace, case: str) -> None:
    workspace.write("use.ts", HEAD + RIGHT[case])
    assert workspace.compiled("--noEmit") == ""


@pytest.mark.parametrize("case", WRONG)
def test_what_the_service_refuses_is_ill_typed(workspace: Workspace, case: str) -> None:
    workspace.write("use.ts", HEAD + WRONG[case])
    assert "error TS" in workspace.compiled("--noEmit")


def test_the_bodies_of_the_readme_are_well_typed(workspace: Workspace) -> None:
    bodies = re.findall(r"--json '(\{.*?\})'", (ROOT / "README.md").read_text(encoding="utf-8"))
    known = [body for body in bodies if "colour" not in body]
    kinds = ["ProductCreate" if '"name"' in body else "ProductUpdate" for body in known]
    lines = [f"{{ const body: S['{kind}'] = {body}; }}" for kind, body in zip(kinds, known, strict=True)]
    workspace.write("use.ts", "\n".join((HEAD, *lines)))
    assert known
    assert workspace.compiled("--noEmit") == ""


@pytest.mark.parametrize("name", ["catalogue.ts", "mocks.ts"])
def test_the_documented_code_is_well_typed(workspace: Workspace, name: str) -> None:
    workspace.write(name, workspace.code[name])
    assert workspace.compiled("--noEmit") == ""


def test_what_is_read_only_is_not_sent_and_what_is_write_only_not_received(workspace: Workspace) -> None:
    types = typescript_types(client_document(parse(ACCOUNT)), NODE_TOOLS)
    workspace.write("accounts.d.ts", types)
    workspace.write("use.ts", ACCOUNT_USE)
    assert workspace.compiled("--noEmit") == ""
    workspace.write("use.ts", ACCOUNT_USE + "received.secret;\n")
    assert "Property 'secret' does not exist" in workspace.compiled("--noEmit")
    workspace.write("use.ts", ACCOUNT_USE.replace('name: "A"', 'id: "1", name: "A"'))
    assert "'id' does not exist" in workspace.compiled("--noEmit")


def test_the_documented_mock_answers(workspace: Workspace) -> None:
    workspace.write("mocks.ts", workspace.code["mocks.ts"])
    use = 'import { getResponse } from "msw";\nimport { handlers } from "./out/mocks.js";\n'
    use += 'const answer = await getResponse(handlers, new Request("https://api.test/v1.0/products"));\n'
    workspace.write("use.mjs", use + "console.log(await answer.text());\n")
    assert workspace.compiled() == ""
    page = json.loads(run("node", "--no-warnings", "use.mjs", cwd=workspace.folder))
    assert "nextToken" not in page
    assert page["count"] == len(page["products"])


def test_hey_api_makes_a_client_with_the_documented_command(workspace: Workspace, tools: Path, release: Path) -> None:
    run(tools / ".bin" / "openapi-ts", "--input", release / "products.json", "--output", "catalogue",
        "--client", "@hey-api/client-fetch", cwd=workspace.folder)  # fmt: skip
    assert "createProduct" in (workspace.folder / "catalogue" / "sdk.gen.ts").read_text()
    # Its own code is not written for these two.
    assert workspace.compiled("--noEmit", *LAX) == ""
