"""What the checks need of the contract is read from it."""

from __future__ import annotations

from deployment_validation.contract import CONTRACT, CREATE, UPDATE, Contract


def test_our_own_contract_says_what_the_checks_go_by() -> None:
    contract = Contract.load(CONTRACT)
    assert contract.largest_page == 100
    assert (contract.collection, contract.product("a b")) == ("/v1.0/products", "/v1.0/products/a%20b")
    assert contract.defaults(CREATE) == {"currency": "ZAR"}
    assert contract.defaults(UPDATE) == {}
