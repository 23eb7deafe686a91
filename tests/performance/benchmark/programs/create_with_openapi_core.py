"""Our create, with openapi-core in the engine's place."""

import openapi_core_engine  # noqa: F401, I001  # First: it takes the engine's place.
from products.handlers.create_product import handler

__all__ = ["handler"]
