from __future__ import annotations

from pathlib import Path

import pytest

from lambda_packages.botocore_data import AwsCalls, aws_calls
from lambda_packages.imports import Module


def calls(folder: Path, text: str) -> AwsCalls:
    path = folder / "module.py"
    path.write_text(text)
    return aws_calls([Module("module", path, "module.py")])


@pytest.mark.parametrize(
    "text", ['session.create_client("dynamodb", config=c)', 'boto3.client("dynamodb")', 'client("dynamodb")']
)
def test_the_service_is_what_a_client_is_made_for(tmp_path: Path, text: str) -> None:
    assert calls(tmp_path, text).services == {"dynamodb"}


def test_a_text_elsewhere_is_no_service(tmp_path: Path) -> None:
    assert calls(tmp_path, 'print("sqs")\nclient(name)').services == frozenset()


def test_a_call_is_known_by_attribute_or_by_name(tmp_path: Path) -> None:
    names = calls(tmp_path, 'client.get_item(Key={})\ngetattr(client, "put_item")()\nlambda: c.query').names
    assert {"get_item", "put_item", "query"} <= names
