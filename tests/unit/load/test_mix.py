from __future__ import annotations

import json
from pathlib import Path

import pytest

from load.mix import CONTRACT, MIX, Mix, MixError


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


@pytest.mark.parametrize("change", [{"listProducts": None}, {"listCategories": 1}])
def test_a_mix_of_other_operations_is_refused_by_name(tmp_path: Path, change: dict[str, int | None]) -> None:
    weights = {**json.loads(MIX.read_text()), **change}
    (tmp_path / "mix.json").write_text(json.dumps({name: each for name, each in weights.items() if each is not None}))
    with pytest.raises(MixError, match=next(iter(change))):
        Mix.read(mix=tmp_path / "mix.json")
