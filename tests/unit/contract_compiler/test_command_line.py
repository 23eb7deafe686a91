"""`python -m contract_compiler`: what it writes, what it says, how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from contract_compiler.__main__ import main

DOCUMENT = """
openapi: 3.0.3
info: {title: Things, version: '1', description: All things.}
paths:
  /things:
    get:
      operationId: listThings
      responses:
        default: {description: Any answer., content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
components:
  schemas:
    Thing:
      type: object
      additionalProperties: false
      required: [price]
      properties:
        price: {description: In rand., type: number, x-decimal: true, format: double, minimum: 0.01}
        note: {type: string, maxLength: 5}
"""
TOOL = """#!{python}
import sys
if "FAIL" in open(sys.argv[1]).read():
    sys.exit("no such luck")
open(sys.argv[3], "w").write("export interface paths {{}}\\n")
"""


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "things.yaml"
    path.write_text(DOCUMENT)
    return path


@pytest.fixture
def node_tools(tmp_path: Path) -> Path:
    tool = tmp_path / "node_modules" / ".bin" / "openapi-typescript"
    tool.parent.mkdir(parents=True)
    tool.write_text(TOOL.format(python=sys.executable))
    tool.chmod(0o755)
    return tmp_path / "node_modules"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "generated"


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


def test_a_document_becomes_tables_and_an_index(document: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(document, "--out", out) == 0
    assert sorted(path.relative_to(out).as_posix() for path in out.rglob("*.json")) == [
        "operations.json",
        "operations/list_things.json",
    ]
    assert json.loads((out / "operations/list_things.json").read_text())["operationId"] == "listThings"
    assert "compiled 1 operation(s)" in capsys.readouterr().err


def test_nothing_changes_the_second_time(document: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(document, "--out", out)
    capsys.readouterr()
    assert run(document, "--out", out) == 0
    assert "2 file(s), 0 changed" in capsys.readouterr().err


def test_check_shows_what_is_stale_and_writes_nothing(
    document: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(document, "--out", out)
    assert run(document, "--out", out, "--check") == 0
    (out / "operations.json").write_text("{}\n")
    capsys.readouterr()
    assert run(document, "--out", out, "--check") == 1
    said = capsys.readouterr()
    assert "-{}" in said.out
    assert "stale" in said.err
    assert (out / "operations.json").read_text() == "{}\n"


def test_a_refused_document_names_every_place_and_leaves_the_folder_alone(
    document: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(document, "--out", out)
    before = (out / "operations.json").read_bytes()
    document.write_text(DOCUMENT.replace("format: double", "format: money").replace("maxLength: 5", "format: funny"))
    assert run(document, "--out", out, "--strict") == 1
    said = capsys.readouterr().err
    assert f"{document} is refused, for 2 reason(s)" in said
    assert "#/components/schemas/Thing/properties/price/format: format: money" in said
    assert "[schema-format]" in said
    assert (out / "operations.json").read_bytes() == before


def test_a_warning_is_printed_with_its_place_and_stops_nothing(
    document: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document.write_text(DOCUMENT.replace("format: double", "format: money"))
    assert run(document, "--out", out) == 0
    said = capsys.readouterr().err
    assert "warning: #/components/schemas/Thing/properties/price/format: format: money" in said
    assert (out / "operations.json").is_file()


def test_a_fault_of_the_gateways_settings_is_not_the_documents(
    document: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = document.with_name("apigateway.yaml")
    settings.write_text("headers: {X-A: 5}")
    assert run(document, "--out", out, "--api-gateway", "a.json", "--api-gateway-settings", settings) == 1
    said = capsys.readouterr().err
    assert f"{settings} is refused" in said
    assert "#/headers/X-A" in said
    assert f"{document} is refused" not in said


def test_schemas_that_lead_to_each_other_in_an_endless_chain_are_no_traceback(
    document: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chain = "".join(
        f"    Link{n}: {{type: object, properties: {{next: {{$ref: '#/components/schemas/Link{n + 1}'}}}}}}\n"
        for n in range(2000)
    )
    last = "    Link2000: {type: object, properties: {size: {type: integer, default: 1}}}\n"
    body = "requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Link0'}}}}"
    get = DOCUMENT.replace("    get:", "    put:").replace("      responses:", f"      {body}\n      responses:")
    document.write_text(get + chain + last)
    assert run(document, "--out", out) == 1
    assert "too long a chain" in capsys.readouterr().err


def test_handlers_are_demanded_in_their_folder(document: Path, out: Path, tmp_path: Path) -> None:
    assert run(document, "--out", out, "--handlers", tmp_path / "handlers") == 1


def test_a_missing_document_is_one_line(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "missing.yaml", "--out", out) == 2
    assert "missing.yaml" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["document.yaml"], ["document.yaml", "--out", "x", "--unknown"]])
def test_wrong_options_are_usage_errors(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(*arguments)
    assert ended.value.code == 2
    assert "usage: python -m contract_compiler" in capsys.readouterr().err


def test_types_of_operations_are_made_of_those_of_schemas(
    document: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run(document, "--out", out, "--operation-types", "operation_types.pyi")
    assert "give --types too" in capsys.readouterr().err


def test_help_tells_the_exit_status() -> None:
    command = [sys.executable, "-m", "contract_compiler", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "exit status" in done.stdout


def test_the_other_files_are_made_on_demand(document: Path, out: Path, node_tools: Path) -> None:
    wanted = ["--bundle", "things.json", "--models", "models.py", "--types", "types.py", "--typescript", "things.d.ts"]
    assert run(document, "--out", out, *wanted, "--node-tools", node_tools) == 0
    bundle = json.loads((out / "things.json").read_text())
    assert list(bundle) == ["openapi", "info", "paths", "components"]
    models = (out / "models.py").read_text()
    assert 'price: Annotated[_JsonNumber, Field(ge=Decimal("0.01"))]' in models
    assert "In rand." in models
    assert "note: Annotated[StrictStr | None, Field(max_length=5), _NotNull] = None" in models
    types = (out / "types.py").read_text()
    assert "class Thing(TypedDict):" in types
    assert "note: NotRequired[str]" in types
    assert (out / "things.d.ts").read_text() == "export interface paths {}\n"
    assert str(document.parent) not in models + types


def test_a_missing_tool_is_said_and_nothing_is_written(
    document: Path, out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(document, "--out", out, "--typescript", "x.d.ts", "--node-tools", tmp_path / "none") == 2
    assert "openapi-typescript is missing: install" in capsys.readouterr().err
    assert not out.exists()


def test_a_failing_tool_is_quoted(
    document: Path, out: Path, node_tools: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document.write_text(DOCUMENT.replace("In rand.", "FAIL"))
    assert run(document, "--out", out, "--typescript", "x.d.ts", "--node-tools", node_tools) == 2
    assert "openapi-typescript: no such luck" in capsys.readouterr().err


def test_a_generator_that_does_not_know_its_profile_is_quoted(
    document: Path, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(document, "--out", out, "--models", "models.py") == 2
    assert "datamodel-code-generator: " in capsys.readouterr().err


def test_a_document_that_api_gateway_cannot_import_is_refused(
    document: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document.write_text(DOCUMENT.replace("/things:", "/things/:"))
    settings = document.with_name("apigateway.yaml")
    settings.write_text("{}")
    assert run(document, "--out", out) == 0
    wanted = ["--api-gateway", "apigateway.json", "--api-gateway-settings", settings]
    assert run(document, "--out", out, *wanted) == 1
    assert "#/paths/~1things~1: /things/: " in (refusal := capsys.readouterr().err)
    assert "[AGW-28]" in refusal
