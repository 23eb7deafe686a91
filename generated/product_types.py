# Generated from the contract by scripts/generate. Change the contract, not this file.

from __future__ import annotations

from decimal import Decimal
from typing import Literal, NotRequired, TypeAlias, TypedDict


class Conflict(TypedDict):
    """
    A `Problem`. For a name that is taken, it says who has it.
    """

    error: str
    """
    A short title for the status.
    """
    message: str
    """
    One sentence for a person.
    """
    requestId: NotRequired[str]
    """
    Names this request in the service's logs.
    """
    productId: NotRequired[str]
    """
    The product that has the name. Absent for another conflict.
    """
    active: NotRequired[bool]
    """
    Whether that product is active. One that is retired can be restored by `updateProduct`.
    """


EntityTags: TypeAlias = str
"""
A list of entity tags, or `*`. Empty elements are passed over (RFC 9110, 5.6.1.2).
"""


class Problem(TypedDict):
    """
    Why a request was refused. The same shape from the service and from the gateway in front of it.
    """

    error: str
    """
    A short title for the status.
    """
    message: str
    """
    One sentence for a person.
    """
    requestId: NotRequired[str]
    """
    Names this request in the service's logs.
    """
    details: NotRequired[list[Violation]]
    """
    Every violation, by place (path, query, header, body), then by field. Always there when the request broke this contract.

    """


class Product(TypedDict):
    """
    A web hosting package.
    """

    productId: str
    """
    Server-made. A UUID (version 4, lower case); products from before this service look like `PROD-001`.
    """
    name: str
    """
    Latin letters (accented ones as one character, NFC), digits, single spaces and the punctuation `& ' ( ) + , . / : _ -`; no
    space at either end. Unique in the whole catalogue, whatever its case.

    """
    description: str
    """
    What the package is, for a customer. Line breaks are allowed; other control characters and U+FFFD, which stands for bytes that were not UTF-8, are not.
    """
    price: Decimal
    """
    In units of `currency`. Decimal: rounded half up to the cent when it is stored, so 10.005 comes back as 10.01. The limits
    hold for the price as it is sent.

    """
    currency: str
    """
    ISO 4217 code. Three capital letters; whether the list has them is not checked.
    """
    period: str
    """
    What the price is for, in free text.
    """
    features: list[str]
    """
    What the package includes, one line each, in the order in which to show them.
    """
    active: bool
    """
    False when the product was retired.
    """
    createdAt: str
    """
    When the product was created (RFC 3339, UTC). Never changes.
    """
    updatedAt: str
    """
    When the product was last changed (RFC 3339, UTC).
    """


class ProductCreate(TypedDict):
    """
    What a client says of a new product; the server owns the rest.
    """

    name: str
    """
    Latin letters (accented ones as one character, NFC), digits, single spaces and the punctuation `& ' ( ) + , . / : _ -`; no
    space at either end. Unique in the whole catalogue, whatever its case.

    """
    description: str
    """
    What the package is, for a customer. Line breaks are allowed; other control characters and U+FFFD, which stands for bytes that were not UTF-8, are not.
    """
    price: Decimal
    """
    In units of `currency`. Decimal: rounded half up to the cent when it is stored, so 10.005 comes back as 10.01. The limits
    hold for the price as it is sent.

    """
    currency: NotRequired[str]
    """
    ISO 4217 code; ZAR when it is left out.
    """
    period: str
    """
    What the price is for, in free text.
    """
    features: list[str]
    """
    What the package includes, one line each, in the order in which to show them.
    """


class ProductEnvelope(TypedDict):
    """
    One product.
    """

    product: Product


class ProductPage(TypedDict):
    """
    One page of the list.
    """

    products: list[Product]
    """
    Oldest first.
    """
    count: int
    """
    How many products this page has.
    """
    nextToken: NotRequired[str]
    """
    Send it back to get the next page. Absent on the last page.
    """


class ProductUpdate(TypedDict):
    """
    The fields to change, at least one.
    """

    name: NotRequired[str]
    """
    Latin letters (accented ones as one character, NFC), digits, single spaces and the punctuation `& ' ( ) + , . / : _ -`; no
    space at either end. Unique in the whole catalogue, whatever its case.

    """
    description: NotRequired[str]
    """
    What the package is, for a customer. Line breaks are allowed; other control characters and U+FFFD, which stands for bytes that were not UTF-8, are not.
    """
    price: NotRequired[Decimal]
    """
    In units of `currency`. Decimal: rounded half up to the cent when it is stored, so 10.005 comes back as 10.01. The limits
    hold for the price as it is sent.

    """
    currency: NotRequired[str]
    """
    ISO 4217 code. Three capital letters; whether the list has them is not checked.
    """
    period: NotRequired[str]
    """
    What the price is for, in free text.
    """
    features: NotRequired[list[str]]
    """
    What the package includes, one line each, in the order in which to show them.
    """
    active: NotRequired[bool]
    """
    False retires the product, true restores it.
    """


Violation = TypedDict(
    "Violation",
    {
        "in": Literal["body", "query", "path", "header"],
        "field": str,
        "message": str,
    },
)
