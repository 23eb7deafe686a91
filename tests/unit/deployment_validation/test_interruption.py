"""A signal ends a validation, but not its clean-up."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from deployment_validation import __main__ as command_line
from deployment_validation.validation import interruptible, undisturbed

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    interruptible()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_interrupts_once(number: signal.Signals) -> None:
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(number)
    for each in SIGNALS:  # Of an impatient person.
        signal.raise_signal(each)


@pytest.mark.parametrize("number", SIGNALS)
def test_nothing_interrupts_what_is_undisturbed_and_all_does_afterwards(number: signal.Signals) -> None:
    with undisturbed():
        signal.raise_signal(number)
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(number)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (KeyboardInterrupt(), "Interrupted. No test product is left active.\n"),
        (ValueError("secret"), "This script failed: ValueError in {place}. No test product is left active.\n"),
    ],
)
def test_what_ends_a_validation_is_said_with_what_is_left_behind(
    capsys: pytest.CaptureFixture[str], error: BaseException, reason: str
) -> None:
    def broken_clock() -> float:
        error.add_note("No test product is left active.")
        raise error

    place = f"test_interruption.py:{broken_clock.__code__.co_firstlineno + 2}"
    assert command_line.main(["http://127.0.0.1:1", "--read-only"], clock=broken_clock) == 2
    assert capsys.readouterr().err == reason.format(place=place)
