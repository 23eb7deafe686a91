"""Why the catalogue refuses: each refusal by its name in the catalogue, with the status that the contract gives it."""

from __future__ import annotations

from contract.problems import Refusal, Violation

RETRY_AFTER_SECONDS = 1


class Unauthenticated(Refusal):
    def __init__(self) -> None:
        message = "Send an administrator's token in the Authorization header."
        super().__init__(401, message, headers={"WWW-Authenticate": "Bearer"})


class NotAdministrator(Refusal):
    def __init__(self) -> None:
        super().__init__(403, "Only an administrator may do this.")


class NotFound(Refusal):
    """There is no such product, as far as the caller may know."""

    def __init__(self) -> None:
        super().__init__(404, "There is no such product.")


class Inactive(NotFound):
    """The product is there but inactive: unknown to a reader, already done to whoever retires it."""

    def __init__(self, version: int) -> None:
        super().__init__()
        self.version = version


class NameTaken(Refusal):
    def __init__(self) -> None:
        super().__init__(409, "Another product has this name.")


class StillRunning(Refusal):
    """Another request with the same Idempotency-Key holds the items that this one needs."""

    def __init__(self) -> None:
        message = "A request with this Idempotency-Key is still running."
        super().__init__(409, message, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


class PreconditionFailed(Refusal):
    """If-Match or If-None-Match is not met; `message` says which, and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(412, message)


class KeyReused(Refusal):
    """The Idempotency-Key names another request."""

    def __init__(self) -> None:
        super().__init__(422, "This Idempotency-Key was used with another body.")


class Unavailable(Refusal):
    """The database did not answer in time. A write refused so may or may not have happened."""

    def __init__(self) -> None:
        message = "The service is busy. Try again in a moment."
        super().__init__(503, message, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


class Contended(Unavailable):
    """Other writes of the same items were in the way until the time was up."""


class BadToken(Refusal):
    """The nextToken is not one that this list made within the last day."""

    def __init__(self) -> None:
        detail = Violation("query", "/nextToken", "must be the nextToken of a page of this list, at most a day old")
        super().__init__(400, details=[detail])


class BrokenItem(Exception):
    """A stored item lacks what every product has. `item` is its key, `attribute` what is missing or malformed."""

    def __init__(self, item: str, attribute: str) -> None:
        super().__init__("a stored product is broken")
        self.item = item
        self.attribute = attribute
