from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from lambda_packages.botocore_data import AwsCalls, trimmed
from lambda_packages.target import BuildError

MODEL: dict[str, Any] = {
    "metadata": {"endpointPrefix": "spoons"},
    "documentation": "prose",
    "operations": {
        "GetSpoon": {
            "name": "GetSpoon",
            "input": {"shape": "GetSpoonInput"},
            "output": {"shape": "Spoon"},
            "errors": [{"shape": "NoSpoon"}],
            "documentation": "prose",
        },
        "BendSpoon": {"name": "BendSpoon", "input": {"shape": "Bend"}},
        "DescribeEndpoints": {"name": "DescribeEndpoints", "output": {"shape": "Where"}, "endpointoperation": True},
    },
    "shapes": {
        "GetSpoonInput": {
            "type": "structure",
            "members": {
                "documentation": {"shape": "Text", "documentation": "prose"},
                "shape": {"shape": "Shapes"},
                "self": {"shape": "GetSpoonInput"},
            },
            "documentation": "prose",
        },
        "Shapes": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "List", "documentation": "prose"}},
        "List": {"type": "list", "member": {"shape": "Number"}},
        "Spoon": {"type": "structure", "members": {}},
        "NoSpoon": {"type": "structure", "members": {}, "exception": True},
        **{name: {"type": "string"} for name in ("Text", "Number", "Bend", "Where")},
    },
}
ENDPOINTS = {
    "version": 3,
    "partitions": [{"partition": "aws", "regions": {"eu-west-1": {}}, "services": {"spoons": {}, "forks": {}}}],
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for version in ("2011-12-05", "2012-08-10"):
        (tmp_path / "spoon" / version).mkdir(parents=True)
    newest = tmp_path / "spoon" / "2012-08-10"
    (newest / "service-2.json.gz").write_bytes(gzip.compress(json.dumps(MODEL).encode()))
    (newest / "endpoint-rule-set-1.json.gz").write_bytes(gzip.compress(b'{"rules": []}'))
    for name in ("examples-1.json", "paginators-1.json", "waiters-2.json"):
        (newest / name).write_text("{}")
    (tmp_path / "spoon" / "2011-12-05" / "examples-1.json").write_text("{}")
    (tmp_path / "endpoints.json").write_text(json.dumps(ENDPOINTS))
    (tmp_path / "partitions.json").write_text('{"partitions": []}')
    (tmp_path / "fork").mkdir()
    return tmp_path


def trim(data: Path, *names: str, service: str = "spoon") -> dict[str, Any]:
    files = trimmed(data, AwsCalls(frozenset({service}), frozenset(names)))
    return {name: json.loads(content) for name, content in files.items()}


def test_only_what_the_service_needs_is_kept(data: Path) -> None:
    assert trim(data, "get_spoon").keys() == {
        "endpoints.json",
        "partitions.json",
        "spoon/2012-08-10/service-2.json",
        "spoon/2012-08-10/endpoint-rule-set-1.json",
    }


def test_a_model_keeps_the_operations_called_and_every_shape_that_they_reach(data: Path) -> None:
    model = trim(data, "get_spoon")["spoon/2012-08-10/service-2.json"]
    assert model["operations"].keys() == {"GetSpoon", "DescribeEndpoints"}
    assert model["shapes"].keys() == MODEL["shapes"].keys() - {"Bend"}
    assert model["metadata"] == MODEL["metadata"]


def test_a_model_loses_its_prose_and_no_member_of_that_name(data: Path) -> None:
    model = trim(data, "get_spoon")["spoon/2012-08-10/service-2.json"]
    assert "prose" not in json.dumps(model)
    assert model["shapes"]["GetSpoonInput"]["members"]["documentation"] == {"shape": "Text"}


def test_endpoints_keep_every_region_and_lose_the_other_services(data: Path) -> None:
    [partition] = trim(data)["endpoints.json"]["partitions"]
    assert partition == {"partition": "aws", "regions": {"eu-west-1": {}}, "services": {"spoons": {}}}


@pytest.mark.parametrize(("method", "file"), [("get_paginator", "paginators-1.json"), ("get_waiter", "waiters-2.json")])
def test_what_the_code_asks_for_is_kept(data: Path, method: str, file: str) -> None:
    assert f"spoon/2012-08-10/{file}" in trim(data, method)


def test_a_service_that_botocore_does_not_know_stops_the_build(data: Path) -> None:
    with pytest.raises(BuildError, match="a client is made for knife"):
        trim(data, service="knife")
