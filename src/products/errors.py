"""Exceptions for what a service refuses, each with the status that the contract gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contract.problems import Refusal, Violation

if TYPE_CHECKING:
    from contract.messages import JSON

RETRY_AFTER_SECONDS = 1


class Unauthenticated(Refusal):
    def __init__(self) -> None:
        message = "Send an administrator's token in the Authorization header."
        super().__init__(401, message, headers={"WWW-Authenticate": "Bearer"})


class NotAdministrator(Refusal):
    def __init__(self) -> None:
        super().__init__(403, "Only an administrator may do this.")


class NotFound(Refusal):
    """Exception for what is not there, or what the caller may not see. `kind` is the contract's word for it."""

    def __init__(self, kind: str) -> None:
        super().__init__(404, f"There is no such {kind}.")


class Inactive(NotFound):
    """Exception for a product that is inactive: unknown to a reader, already done to whoever retires it."""

    def __init__(self, version: int) -> None:
        super().__init__("product")
        self.version = version


class NameTaken(Refusal):
    """Exception for a name that another product has: `product_id`, retired if not `active`; None where not known."""

    def __init__(self, product_id: str | None = None, active: bool | None = None) -> None:
        holder: dict[str, JSON] = {"productId": product_id, "active": active}
        known = {name: value for name, value in holder.items() if value is not None}
        super().__init__(409, "Another product has this name.", members=known)


class StillRunning(Refusal):
    """Exception while another request with the same Idempotency-Key holds the items that this one needs."""

    def __init__(self) -> None:
        message = "A request with this Idempotency-Key is still running."
        super().__init__(409, message, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


class PreconditionFailed(Refusal):
    """Exception for an If-Match or If-None-Match that is not met; `message` says which, and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(412, message)


class KeyReused(Refusal):
    """Exception for an Idempotency-Key that was sent with another request."""

    def __init__(self) -> None:
        super().__init__(422, "This Idempotency-Key was used with another body.")


class Unavailable(Refusal):
    """Exception for a database that did not answer in time. A write refused so may or may not have happened."""

    def __init__(self) -> None:
        message = "The service is busy. Try again in a moment."
        super().__init__(503, message, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


class Contended(Unavailable):
    """Exception for a write that other writes of the same items kept out until the time was up."""


class BadToken(Refusal):
    """Exception for a nextToken that this list, with these filters, did not make within the last day."""

    def __init__(self) -> None:
        words = "must be the nextToken of a page of this list, with the same filters, at most a day old"
        detail = Violation("query", "/nextToken", words)
        super().__init__(400, details=[detail])


class BrokenItem(Exception):
    """Exception for a stored item that is not what the contract says. `attribute` is missing or malformed in it.

    `item` is its key.
    """

    def __init__(self, item: str, attribute: str) -> None:
        super().__init__("a stored item is broken")
        self.item = item
        self.attribute = attribute
