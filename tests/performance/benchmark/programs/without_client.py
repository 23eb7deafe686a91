"""Loads boto3 and puts a client in its place that answers every call with nothing. To be imported before a handler."""

from typing import Any

import boto3


class Client:
    """A database without work, and without the making of a real client."""

    def put_item(self, **request: Any) -> dict[str, Any]:
        return {}


vars(boto3)["client"] = lambda service: Client()
