# Generated from the contract by scripts/generate. Change the contract, not this file.
from collections.abc import Callable
from decimal import Decimal
from typing import Literal, NotRequired, Self, TypeAlias, TypedDict, overload

from contract.messages import JSON, Request, Response

from .product_types import Conflict
from .product_types import EntityTags
from .product_types import Problem
from .product_types import ProductCreate
from .product_types import ProductEnvelope
from .product_types import ProductPage
from .product_types import ProductUpdate

class ListProductsPath(TypedDict): ...

ListProductsQuery = TypedDict('ListProductsQuery', {
    'limit': int,
    'nextToken': NotRequired[str],
})

class ListProductsHeaders(TypedDict): ...

ListProductsRequest: TypeAlias = Request[ListProductsPath, ListProductsQuery, ListProductsHeaders, None]

ListProducts200Headers = TypedDict('ListProducts200Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['public, max-age=300']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

ListProducts400Headers = TypedDict('ListProducts400Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

ListProducts405Headers = TypedDict('ListProducts405Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Allow': str,
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Contract-Version': NotRequired[str],
    'X-Request-Id': NotRequired[str],
})

ListProducts429Headers = TypedDict('ListProducts429Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'Retry-After': str,
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

ListProducts500Headers = TypedDict('ListProducts500Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

ListProducts502Headers = TypedDict('ListProducts502Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

ListProducts503Headers = TypedDict('ListProducts503Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'Retry-After': str,
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

ListProducts504Headers = TypedDict('ListProducts504Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

class ListProductsResponse(Response):
    @overload
    def __new__(
        cls, status: Literal[200], body: ProductPage, headers: ListProducts200Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[400], body: Problem, headers: ListProducts400Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[405], body: Problem, headers: ListProducts405Headers, *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[429], body: Problem, headers: ListProducts429Headers, *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[500], body: Problem, headers: ListProducts500Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[502], body: Problem, headers: ListProducts502Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[503], body: Problem, headers: ListProducts503Headers, *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[504], body: Problem, headers: ListProducts504Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...

class CreateProductPath(TypedDict): ...

class CreateProductQuery(TypedDict): ...

CreateProductHeaders = TypedDict('CreateProductHeaders', {
    'Idempotency-Key': NotRequired[str],
})

CreateProductRequest: TypeAlias = Request[CreateProductPath, CreateProductQuery, CreateProductHeaders, ProductCreate]

CreateProduct201Headers = TypedDict('CreateProduct201Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'ETag': str,
    'Idempotent-Replayed': NotRequired[str],
    'Location': str,
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

CreateProduct400Headers = TypedDict('CreateProduct400Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

CreateProduct401Headers = TypedDict('CreateProduct401Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'WWW-Authenticate': NotRequired[str],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

CreateProduct403Headers = TypedDict('CreateProduct403Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

CreateProduct405Headers = TypedDict('CreateProduct405Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Allow': str,
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Contract-Version': NotRequired[str],
    'X-Request-Id': NotRequired[str],
})

CreateProduct409Headers = TypedDict('CreateProduct409Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'Retry-After': NotRequired[str],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

CreateProduct413Headers = TypedDict('CreateProduct413Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

CreateProduct415Headers = TypedDict('CreateProduct415Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

CreateProduct422Headers = TypedDict('CreateProduct422Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

CreateProduct429Headers = TypedDict('CreateProduct429Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'Retry-After': str,
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

CreateProduct500Headers = TypedDict('CreateProduct500Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

CreateProduct502Headers = TypedDict('CreateProduct502Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

CreateProduct503Headers = TypedDict('CreateProduct503Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'Retry-After': str,
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

CreateProduct504Headers = TypedDict('CreateProduct504Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

class CreateProductResponse(Response):
    @overload
    def __new__(
        cls, status: Literal[201], body: ProductEnvelope, headers: CreateProduct201Headers, *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[400], body: Problem, headers: CreateProduct400Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[401], body: Problem, headers: CreateProduct401Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[403], body: Problem, headers: CreateProduct403Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[405], body: Problem, headers: CreateProduct405Headers, *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[409], body: Conflict, headers: CreateProduct409Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[413], body: Problem, headers: CreateProduct413Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[415], body: Problem, headers: CreateProduct415Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[422], body: Problem, headers: CreateProduct422Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[429], body: Problem, headers: CreateProduct429Headers, *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[500], body: Problem, headers: CreateProduct500Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[502], body: Problem, headers: CreateProduct502Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[503], body: Problem, headers: CreateProduct503Headers, *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[504], body: Problem, headers: CreateProduct504Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...

GetProductPath = TypedDict('GetProductPath', {
    'productId': str,
})

class GetProductQuery(TypedDict): ...

GetProductHeaders = TypedDict('GetProductHeaders', {
    'If-Match': NotRequired[EntityTags],
    'If-None-Match': NotRequired[EntityTags],
})

GetProductRequest: TypeAlias = Request[GetProductPath, GetProductQuery, GetProductHeaders, None]

GetProduct200Headers = TypedDict('GetProduct200Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['public, max-age=600']],
    'ETag': str,
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

GetProduct304Headers = TypedDict('GetProduct304Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['public, max-age=600']],
    'ETag': str,
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

GetProduct400Headers = TypedDict('GetProduct400Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

GetProduct404Headers = TypedDict('GetProduct404Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

GetProduct405Headers = TypedDict('GetProduct405Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Allow': str,
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Contract-Version': NotRequired[str],
    'X-Request-Id': NotRequired[str],
})

GetProduct412Headers = TypedDict('GetProduct412Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

GetProduct429Headers = TypedDict('GetProduct429Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'Retry-After': str,
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

GetProduct500Headers = TypedDict('GetProduct500Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

GetProduct502Headers = TypedDict('GetProduct502Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

GetProduct503Headers = TypedDict('GetProduct503Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'Retry-After': str,
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

GetProduct504Headers = TypedDict('GetProduct504Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

class GetProductResponse(Response):
    @overload
    def __new__(
        cls, status: Literal[200], body: ProductEnvelope, headers: GetProduct200Headers, *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[304], body: None = None, *, headers: GetProduct304Headers, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[400], body: Problem, headers: GetProduct400Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[404], body: Problem, headers: GetProduct404Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[405], body: Problem, headers: GetProduct405Headers, *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[412], body: Problem, headers: GetProduct412Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[429], body: Problem, headers: GetProduct429Headers, *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[500], body: Problem, headers: GetProduct500Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[502], body: Problem, headers: GetProduct502Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[503], body: Problem, headers: GetProduct503Headers, *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[504], body: Problem, headers: GetProduct504Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...

UpdateProductPath = TypedDict('UpdateProductPath', {
    'productId': str,
})

class UpdateProductQuery(TypedDict): ...

UpdateProductHeaders = TypedDict('UpdateProductHeaders', {
    'If-Match': NotRequired[EntityTags],
    'If-None-Match': NotRequired[EntityTags],
})

UpdateProductRequest: TypeAlias = Request[UpdateProductPath, UpdateProductQuery, UpdateProductHeaders, ProductUpdate]

UpdateProduct200Headers = TypedDict('UpdateProduct200Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'ETag': str,
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

UpdateProduct400Headers = TypedDict('UpdateProduct400Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

UpdateProduct401Headers = TypedDict('UpdateProduct401Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'WWW-Authenticate': NotRequired[str],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

UpdateProduct403Headers = TypedDict('UpdateProduct403Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

UpdateProduct404Headers = TypedDict('UpdateProduct404Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

UpdateProduct405Headers = TypedDict('UpdateProduct405Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Allow': str,
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Contract-Version': NotRequired[str],
    'X-Request-Id': NotRequired[str],
})

UpdateProduct409Headers = TypedDict('UpdateProduct409Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'Retry-After': NotRequired[str],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

UpdateProduct412Headers = TypedDict('UpdateProduct412Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

UpdateProduct413Headers = TypedDict('UpdateProduct413Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

UpdateProduct415Headers = TypedDict('UpdateProduct415Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

UpdateProduct429Headers = TypedDict('UpdateProduct429Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'Retry-After': str,
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

UpdateProduct500Headers = TypedDict('UpdateProduct500Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

UpdateProduct502Headers = TypedDict('UpdateProduct502Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

UpdateProduct503Headers = TypedDict('UpdateProduct503Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'Retry-After': str,
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

UpdateProduct504Headers = TypedDict('UpdateProduct504Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

class UpdateProductResponse(Response):
    @overload
    def __new__(
        cls, status: Literal[200], body: ProductEnvelope, headers: UpdateProduct200Headers, *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[400], body: Problem, headers: UpdateProduct400Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[401], body: Problem, headers: UpdateProduct401Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[403], body: Problem, headers: UpdateProduct403Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[404], body: Problem, headers: UpdateProduct404Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[405], body: Problem, headers: UpdateProduct405Headers, *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[409], body: Conflict, headers: UpdateProduct409Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[412], body: Problem, headers: UpdateProduct412Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[413], body: Problem, headers: UpdateProduct413Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[415], body: Problem, headers: UpdateProduct415Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[429], body: Problem, headers: UpdateProduct429Headers, *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[500], body: Problem, headers: UpdateProduct500Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[502], body: Problem, headers: UpdateProduct502Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[503], body: Problem, headers: UpdateProduct503Headers, *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[504], body: Problem, headers: UpdateProduct504Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...

DeleteProductPath = TypedDict('DeleteProductPath', {
    'productId': str,
})

class DeleteProductQuery(TypedDict): ...

DeleteProductHeaders = TypedDict('DeleteProductHeaders', {
    'If-Match': NotRequired[EntityTags],
    'If-None-Match': NotRequired[EntityTags],
})

DeleteProductRequest: TypeAlias = Request[DeleteProductPath, DeleteProductQuery, DeleteProductHeaders, None]

DeleteProduct204Headers = TypedDict('DeleteProduct204Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

DeleteProduct400Headers = TypedDict('DeleteProduct400Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

DeleteProduct401Headers = TypedDict('DeleteProduct401Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'WWW-Authenticate': NotRequired[str],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

DeleteProduct403Headers = TypedDict('DeleteProduct403Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

DeleteProduct404Headers = TypedDict('DeleteProduct404Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

DeleteProduct405Headers = TypedDict('DeleteProduct405Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Allow': str,
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Contract-Version': NotRequired[str],
    'X-Request-Id': NotRequired[str],
})

DeleteProduct412Headers = TypedDict('DeleteProduct412Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

DeleteProduct429Headers = TypedDict('DeleteProduct429Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'Retry-After': str,
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

DeleteProduct500Headers = TypedDict('DeleteProduct500Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

DeleteProduct502Headers = TypedDict('DeleteProduct502Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

DeleteProduct503Headers = TypedDict('DeleteProduct503Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'Retry-After': str,
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

DeleteProduct504Headers = TypedDict('DeleteProduct504Headers', {
    'Access-Control-Allow-Origin': NotRequired[str],
    'Cache-Control': NotRequired[Literal['no-store']],
    'X-Content-Type-Options': NotRequired[Literal['nosniff']],
    'X-Request-Id': NotRequired[str],
})

class DeleteProductResponse(Response):
    @overload
    def __new__(
        cls, status: Literal[204], body: None = None, headers: DeleteProduct204Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[400], body: Problem, headers: DeleteProduct400Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[401], body: Problem, headers: DeleteProduct401Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[403], body: Problem, headers: DeleteProduct403Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[404], body: Problem, headers: DeleteProduct404Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[405], body: Problem, headers: DeleteProduct405Headers, *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[412], body: Problem, headers: DeleteProduct412Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[429], body: Problem, headers: DeleteProduct429Headers, *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[500], body: Problem, headers: DeleteProduct500Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[502], body: Problem, headers: DeleteProduct502Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[503], body: Problem, headers: DeleteProduct503Headers, *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls, status: Literal[504], body: Problem, headers: DeleteProduct504Headers = ..., *, fallback: Callable[[], Response | None] | None = None
    ) -> Self: ...
