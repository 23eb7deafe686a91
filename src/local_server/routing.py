"""connexion's routing with API Gateway's manners.

A path matches as it was sent, percent-encoded; a trailing slash makes another path; every path parameter is a string;
GET does not bring HEAD along; and the methods that a path does not declare have an answer of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from connexion.frameworks.starlette import starlettify_path
from connexion.middleware.routing import RoutingAPI, RoutingMiddleware
from connexion.operations import AbstractOperation
from connexion.spec import Specification
from starlette.routing import Route

from local_aws.asgi import App

OtherMethods = Callable[[str], App]
"""Makes the application that answers the undeclared methods of a path of the document."""


class GatewayRouting(RoutingMiddleware):
    """A middleware for connexion's list, in the place of its RoutingMiddleware."""

    def __init__(self, app: App, *, other_methods: OtherMethods) -> None:
        super().__init__(app)
        self._other_methods = other_methods

    def add_api(
        self, specification: Specification, base_path: str | None = None, arguments: Any = None, **options: Any
    ) -> None:
        routes = _Routes(
            specification, base_path=base_path, next_app=self.app, other_methods=self._other_methods, **options
        )
        self.router.mount(routes.base_path, app=routes.router)


class _Routes(RoutingAPI):
    def __init__(self, *args: Any, other_methods: OtherMethods, **options: Any) -> None:
        self._other_methods = other_methods
        super().__init__(*args, **options)
        self.router.redirect_slashes = False

    def add_paths(self, paths: Any = None) -> None:
        super().add_paths(paths)
        for path in self.specification["paths"]:
            self.router.routes.append(Route(starlettify_path(path), _Endpoint(self._other_methods(path))))

    @staticmethod
    def _framework_path_and_name(operation: AbstractOperation, path: str) -> tuple[str, str]:
        return starlettify_path(path), starlettify_path(path)

    def _add_operation_internal(self, method: str, path: str, operation: Any, name: str | None = None) -> None:
        route = Route(path, operation, methods=[method], name=name)
        route.methods = {method.upper()}
        self.router.routes.append(route)


class _Endpoint:
    """Starlette takes a function for a view, and any other callable for an ASGI application."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, *messages: Any) -> None:
        await self._app(*messages)
