# Generated from the contract by scripts/generate. Change the contract, not this file.
# Needs pydantic 2.11 or newer. What may be left out is None; unknown fields are refused in what is sent and ignored in answers.

from __future__ import annotations

from collections.abc import Mapping as _Mapping
from decimal import Decimal
from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    SerializerFunctionWrapHandler,
    StrictBool,
    StrictInt,
    StrictStr,
    model_serializer,
    model_validator,
)
from typing import Annotated, Any, ClassVar, Literal
from typing_extensions import TypeAliasType


def _json_number(value: Decimal) -> int | float:
    """Returns a number that json writes with the value's own digits. Raises ValueError where there is none."""
    number = int(value) if value == value.to_integral_value() else float(value)
    if Decimal(str(number)) != value:
        raise ValueError(f"{value} has more digits than a JSON number keeps: round it first")
    return number


_JsonNumber = Annotated[Decimal, PlainSerializer(_json_number, when_used="json")]
"""A Decimal that is a number in JSON; pydantic's own is a string there."""


def _refuse_null(value: Any) -> Any:
    if value is None:
        raise ValueError("leave it out: it may not be null")
    return value


_NotNull = BeforeValidator(_refuse_null)
"""Marks a field that may be left out, which makes it None here, but may not be null."""


class _Model(BaseModel):
    """What the models have in common: a field that was left out is None, and is left out again of what is sent."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True)

    @model_serializer(mode="wrap")
    def _leave_out_what_is_absent(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        content: dict[str, Any] = handler(self)
        for name, field in type(self).model_fields.items():
            if getattr(self, name) is None and (name not in self.model_fields_set or _NotNull in field.metadata):
                content.pop(name if name in content else field.alias or name, None)
        return content


class _JsonSchemaRuntimeValidationBase(_Model):
    __json_schema_property_count_rule__: ClassVar[tuple[Any, ...]] = ()

    @model_validator(mode="before")
    @classmethod
    def _validate_json_schema_property_count(cls, data: Any) -> Any:
        if not (rule := cls.__json_schema_property_count_rule__):
            return data
        if not (isinstance(data, dict) or isinstance(data, _Mapping)):
            return data
        property_count = len(data)
        min_properties, max_properties = rule
        if min_properties is not None and property_count < min_properties:
            raise ValueError(f"Expected at least {min_properties} properties")
        if max_properties is not None and property_count > max_properties:
            raise ValueError(f"Expected at most {max_properties} properties")
        return data


class Conflict(_Model):
    """
    A `Problem`. For a name that is taken, it says who has it.
    """

    error: Annotated[StrictStr, Field(examples=["Conflict"], min_length=1)]
    """
    A short title for the status.
    """
    message: Annotated[
        StrictStr, Field(examples=["Another product has this name."], min_length=1)
    ]
    """
    One sentence for a person.
    """
    requestId: Annotated[
        StrictStr | None, Field(examples=["c6af9ac6-7b61-11e6-9a41-93e8deadbeef"]), _NotNull
    ] = None
    """
    Names this request in the service's logs.
    """
    productId: Annotated[
        StrictStr | None, Field(examples=["PROD-001"], min_length=1), _NotNull
    ] = None
    """
    The product that has the name. Absent for another conflict.
    """
    active: Annotated[StrictBool | None, Field(examples=[False]), _NotNull] = None
    """
    Whether that product is active. One that is retired can be restored by `updateProduct`.
    """


EntityTags = TypeAliasType(
    "EntityTags",
    Annotated[
        StrictStr,
        Field(
            max_length=512,
            pattern='^[ \\t,]*((\\*|(W/)?"[!#-~]*"([ \\t]*,[ \\t,]*(W/)?"[!#-~]*")*)[ \\t,]*)?$',
        ),
    ],
)
"""
A list of entity tags, or `*`. Empty elements are passed over (RFC 9110, 5.6.1.2).
"""


Feature = TypeAliasType(
    "Feature",
    Annotated[
        StrictStr,
        Field(
            examples=["One domain"],
            max_length=200,
            min_length=5,
            pattern="^[^\\x00-\\x1F\\x7F-\\x9F�-\uffff]*$",
        ),
    ],
)
"""
One line of what the package includes.
"""


class Problem(_Model):
    """
    Why a request was refused. The same shape from the service and from the gateway in front of it.
    """

    error: Annotated[StrictStr, Field(examples=["Bad Request"], min_length=1)]
    """
    A short title for the status.
    """
    message: Annotated[
        StrictStr,
        Field(examples=["The request has 2 validation errors."], min_length=1),
    ]
    """
    One sentence for a person.
    """
    requestId: Annotated[
        StrictStr | None, Field(examples=["c6af9ac6-7b61-11e6-9a41-93e8deadbeef"]), _NotNull
    ] = None
    """
    Names this request in the service's logs.
    """
    details: Annotated[list[Violation] | None, _NotNull] = None
    """
    Every violation, by place (path, query, header, body), then by field. Always there when the request broke this contract.

    """


class Product(_Model):
    """
    A web hosting package.
    """

    productId: Annotated[
        StrictStr,
        Field(
            examples=["PROD-001"],
            max_length=64,
            pattern="^(PROD-[0-9]{3,59}|[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})$",
        ),
    ]
    """
    Server-made. A UUID (version 4, lower case); products from before this service look like `PROD-001`.
    """
    name: Annotated[
        StrictStr,
        Field(
            examples=["Premium Plus"],
            max_length=100,
            min_length=3,
            pattern="^[0-9A-Za-zÀ-ÖØ-öø-ſ&'()+,./:_-]+( [0-9A-Za-zÀ-ÖØ-öø-ſ&'()+,./:_-]+)*$",
        ),
    ]
    """
    Latin letters (accented ones as one character, NFC), digits, single spaces and the punctuation `& ' ( ) + , . / : _ -`; no
    space at either end. Unique in the whole catalogue, whatever its case.

    """
    description: Annotated[
        StrictStr,
        Field(
            examples=["A single-page site on a domain of your own."],
            max_length=500,
            min_length=10,
            pattern="^[^\\x00-\\x09\\x0B\\x0C\\x0E-\\x1F\\x7F-\\x9F�-\uffff]*$",
        ),
    ]
    """
    What the package is, for a customer. Line breaks are allowed; other control characters and U+FFFD, which stands for bytes that were not UTF-8, are not.
    """
    price: Annotated[_JsonNumber, Field(examples=[4999.95], ge=Decimal("0.01"), le=Decimal("999999.99"))]
    """
    In units of `currency`. Decimal: rounded half up to the cent when it is stored, so 10.005 comes back as 10.01. The limits
    hold for the price as it is sent.

    """
    currency: Annotated[StrictStr, Field(examples=["ZAR"], pattern="^[A-Z]{3}$")]
    """
    ISO 4217 code. Three capital letters; whether the list has them is not checked.
    """
    period: Annotated[
        StrictStr,
        Field(
            examples=["per domain/year"],
            max_length=100,
            min_length=5,
            pattern="^[^\\x00-\\x1F\\x7F-\\x9F�-\uffff]*$",
        ),
    ]
    """
    What the price is for, in free text.
    """
    features: Annotated[
        list[Feature],
        Field(
            examples=[["One domain", "1 GB of disk space"]], max_length=20, min_length=1
        ),
    ]
    """
    What the package includes, one line each, in the order in which to show them.
    """
    active: Annotated[StrictBool, Field(examples=[True])]
    """
    False when the product was retired.
    """
    createdAt: Annotated[AwareDatetime, Field(examples=["2025-01-15T08:00:00Z"])]
    """
    When the product was created (RFC 3339, UTC). Never changes.
    """
    updatedAt: Annotated[AwareDatetime, Field(examples=["2025-03-02T14:05:31.250000Z"])]
    """
    When the product was last changed (RFC 3339, UTC).
    """


class ProductCreate(_Model):
    """
    What a client says of a new product; the server owns the rest.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    name: Annotated[
        StrictStr,
        Field(
            examples=["Premium Plus"],
            max_length=100,
            min_length=3,
            pattern="^[0-9A-Za-zÀ-ÖØ-öø-ſ&'()+,./:_-]+( [0-9A-Za-zÀ-ÖØ-öø-ſ&'()+,./:_-]+)*$",
        ),
    ]
    """
    Latin letters (accented ones as one character, NFC), digits, single spaces and the punctuation `& ' ( ) + , . / : _ -`; no
    space at either end. Unique in the whole catalogue, whatever its case.

    """
    description: Annotated[
        StrictStr,
        Field(
            examples=["A single-page site on a domain of your own."],
            max_length=500,
            min_length=10,
            pattern="^[^\\x00-\\x09\\x0B\\x0C\\x0E-\\x1F\\x7F-\\x9F�-\uffff]*$",
        ),
    ]
    """
    What the package is, for a customer. Line breaks are allowed; other control characters and U+FFFD, which stands for bytes that were not UTF-8, are not.
    """
    price: Annotated[_JsonNumber, Field(examples=[4999.95], ge=Decimal("0.01"), le=Decimal("999999.99"))]
    """
    In units of `currency`. Decimal: rounded half up to the cent when it is stored, so 10.005 comes back as 10.01. The limits
    hold for the price as it is sent.

    """
    currency: Annotated[StrictStr, Field(examples=["ZAR"], pattern="^[A-Z]{3}$")] = (
        "ZAR"
    )
    """
    ISO 4217 code; ZAR when it is left out.
    """
    period: Annotated[
        StrictStr,
        Field(
            examples=["per domain/year"],
            max_length=100,
            min_length=5,
            pattern="^[^\\x00-\\x1F\\x7F-\\x9F�-\uffff]*$",
        ),
    ]
    """
    What the price is for, in free text.
    """
    features: Annotated[
        list[Feature],
        Field(
            examples=[["One domain", "1 GB of disk space"]], max_length=20, min_length=1
        ),
    ]
    """
    What the package includes, one line each, in the order in which to show them.
    """


class ProductEnvelope(_Model):
    """
    One product.
    """

    product: Product


class ProductPage(_Model):
    """
    One page of the list.
    """

    products: Annotated[list[Product], Field(max_length=100)]
    """
    Oldest first.
    """
    count: Annotated[StrictInt, Field(examples=[2], ge=0, le=100)]
    """
    How many products this page has.
    """
    nextToken: Annotated[
        StrictStr | None,
        Field(
            examples=["eyJ2IjoxfQ"],
            max_length=1024,
            min_length=1,
            pattern="^[A-Za-z0-9_-]+$",
        ),
        _NotNull,
    ] = None
    """
    Send it back to get the next page. Absent on the last page.
    """


class ProductUpdate(_JsonSchemaRuntimeValidationBase):
    """
    The fields to change, at least one.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    __json_schema_property_count_rule__: ClassVar[tuple[Any, ...]] = (1, None)
    name: Annotated[
        StrictStr | None,
        Field(
            examples=["Premium Plus"],
            max_length=100,
            min_length=3,
            pattern="^[0-9A-Za-zÀ-ÖØ-öø-ſ&'()+,./:_-]+( [0-9A-Za-zÀ-ÖØ-öø-ſ&'()+,./:_-]+)*$",
        ),
        _NotNull,
    ] = None
    """
    Latin letters (accented ones as one character, NFC), digits, single spaces and the punctuation `& ' ( ) + , . / : _ -`; no
    space at either end. Unique in the whole catalogue, whatever its case.

    """
    description: Annotated[
        StrictStr | None,
        Field(
            examples=["A single-page site on a domain of your own."],
            max_length=500,
            min_length=10,
            pattern="^[^\\x00-\\x09\\x0B\\x0C\\x0E-\\x1F\\x7F-\\x9F�-\uffff]*$",
        ),
        _NotNull,
    ] = None
    """
    What the package is, for a customer. Line breaks are allowed; other control characters and U+FFFD, which stands for bytes that were not UTF-8, are not.
    """
    price: Annotated[
        _JsonNumber | None, Field(examples=[4999.95], ge=Decimal("0.01"), le=Decimal("999999.99")), _NotNull
    ] = None
    """
    In units of `currency`. Decimal: rounded half up to the cent when it is stored, so 10.005 comes back as 10.01. The limits
    hold for the price as it is sent.

    """
    currency: Annotated[
        StrictStr | None, Field(examples=["ZAR"], pattern="^[A-Z]{3}$"), _NotNull
    ] = None
    """
    ISO 4217 code. Three capital letters; whether the list has them is not checked.
    """
    period: Annotated[
        StrictStr | None,
        Field(
            examples=["per domain/year"],
            max_length=100,
            min_length=5,
            pattern="^[^\\x00-\\x1F\\x7F-\\x9F�-\uffff]*$",
        ),
        _NotNull,
    ] = None
    """
    What the price is for, in free text.
    """
    features: Annotated[
        list[Feature] | None,
        Field(
            examples=[["One domain", "1 GB of disk space"]], max_length=20, min_length=1
        ),
        _NotNull,
    ] = None
    """
    What the package includes, one line each, in the order in which to show them.
    """
    active: Annotated[StrictBool | None, Field(examples=[True]), _NotNull] = None
    """
    False retires the product, true restores it.
    """


class Violation(_Model):
    """
    One way in which the request broke this contract. Never repeats the offending value.
    """

    in_: Annotated[
        Literal["body", "query", "path", "header"], Field(alias="in", examples=["body"])
    ]
    """
    The part of the request.
    """
    field: Annotated[
        StrictStr, Field(examples=["/price"], pattern="^(/([^~/]|~[01])*)*$")
    ]
    """
    JSON Pointer (RFC 6901) into that part; empty for the whole of it.
    """
    message: Annotated[
        StrictStr, Field(examples=["must be at least 0.01"], min_length=1)
    ]
    """
    What is wrong, and what is allowed.
    """
