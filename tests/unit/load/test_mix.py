from __future__ import annotations

import json
from pathlib import Path

import pytest

from load.traffic import CONTRACT, MIX, Mix, MixError


def test_every_operation_has_its_share_and_its_target_from_the_contract() -> None:
    mix = Mix.read()
    assert sum(mix.shares.values()) == pytest.approx(1)
    assert (
        mix.operations["getProduct"].target
        == json.loads(CONTRACT.read_text())["paths"]["/v1.0/products/{productId}"]["get"]["x-latency-target-ms"]
    )
    assert mix.operations["createProduct"].secured


def test_reads_only_leaves_out_what_needs_a_token() -> None:
    mix = Mix.read(reads_only=True)
    assert not any(mix.operations[name].secured for name in mix.shares)
    assert sum(mix.shares.values()) == pytest.approx(1)


def test_an_operation_that_the_contract_does_not_have_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(MixError, match="listShops"):
        Mix.read(mix=written(tmp_path, {**json.loads(MIX.read_text()), "listShops": 1}))


@pytest.mark.parametrize("name", json.loads(MIX.read_text()))
def test_an_operation_without_a_share_is_named_and_not_sent(tmp_path: Path, name: str) -> None:
    before = Mix.read()
    weights = json.loads(MIX.read_text())
    del weights[name]
    mix = Mix.read(mix=written(tmp_path, weights))
    assert set(mix.left_out) == {name, *before.left_out}
    assert name not in mix.shares.keys() | mix.operations.keys()


def written(folder: Path, weights: dict[str, int]) -> Path:
    mix = folder / "mix.json"
    mix.write_text(json.dumps(weights))
    return mix
