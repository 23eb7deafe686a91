from __future__ import annotations

import pytest

from products.settings import MissingSetting, Settings, cursor_signing_keys

ENVIRONMENT = {"PRODUCTS_TABLE": "products-dev", "AWS_REGION": "eu-west-1"}


def test_what_may_be_left_out_has_a_default() -> None:
    assert Settings.read(ENVIRONMENT) == Settings("products-dev", "eu-west-1", frozenset(), None)


def test_origins_are_a_list() -> None:
    read = Settings.read(
        {**ENVIRONMENT, "ALLOWED_ORIGINS": "https://a.example, https://b.example,", "LOG_LEVEL": "DEBUG"}
    )
    assert read.allowed_origins == {"https://a.example", "https://b.example"}
    assert read.log_level == "DEBUG"


@pytest.mark.parametrize("name", ENVIRONMENT)
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_variable_is_named(name: str, value: str | None) -> None:
    environment = {key: text for key, text in {**ENVIRONMENT, name: value}.items() if text is not None}
    with pytest.raises(MissingSetting, match=name):
        Settings.read(environment)


def test_several_keys_are_kept_in_their_order() -> None:
    keys = "the-key-of-this-month , the-key-of-last-month"
    assert cursor_signing_keys({"CURSOR_SIGNING_KEYS": keys}) == (b"the-key-of-this-month", b"the-key-of-last-month")


@pytest.mark.parametrize("keys", [None, "", ",", "short", "the-key-of-this-month,short"])
def test_no_key_or_a_weak_one_is_refused_and_not_shown(keys: str | None) -> None:
    with pytest.raises(MissingSetting, match="CURSOR_SIGNING_KEYS") as refusal:
        cursor_signing_keys({} if keys is None else {"CURSOR_SIGNING_KEYS": keys})
    assert "short" not in str(refusal.value)
