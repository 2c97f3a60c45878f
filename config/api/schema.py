"""What the OpenAPI document says of every operation without each view repeating it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from rest_framework.pagination import BasePagination
from rest_framework.permissions import SAFE_METHODS

from config.api.pagination import KeysetPagination

_PROBLEM = {"$ref": "#/components/responses/Problem"}
_REQUEST_ID = {"$ref": "#/components/parameters/RequestId"}
_KEY = {"$ref": "#/components/parameters/IdempotencyKey"}
_PIN = {"$ref": "#/components/parameters/TransactionPin"}
_REQUIRED_KEY = {"$ref": "#/components/parameters/RequiredIdempotencyKey"}


class ProblemSchema(AutoSchema):
    """Adds problem responses, the request id, and where a view takes them the key and the PIN.

    A view that declares `ordering` answers a GET for a list with a page of it.
    """

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        parameters = operation.setdefault("parameters", [])
        parameters.append(_REQUEST_ID)
        if self.method == "POST" and hasattr(self.view, "idempotency_required"):
            parameters.append(_REQUIRED_KEY if self.view.idempotency_required else _KEY)
        if self.method not in SAFE_METHODS and getattr(self.view, "wants_pin", False):
            parameters.append(_PIN)
        for status in self._refusals():
            operation["responses"].setdefault(status, _PROBLEM)
        return operation

    def get_auth(self) -> list[dict[str, Any]]:
        """API keys get no further than `HasScope` lets them."""
        ways: list[dict[str, Any]] = super().get_auth()
        scope, permission = (getattr(self.view, name, None) for name in ("scope", "permission"))
        if scope is None or permission is not None:
            ways = [way for way in ways if "apiKey" not in way]
        return ways

    def _get_paginator(self) -> BasePagination | None:
        paged = self.method == "GET" and hasattr(self.view, "ordering")
        return KeysetPagination() if paged else None

    def _refusals(self) -> list[str]:
        found = ["400", "429", "503"]
        if not getattr(self.view, "public", False):
            found += ["401", "403"]
        if "{" in self.path:
            found.append("404")
        if self.method != "GET":
            found += ["409", "415", "422"]
        return sorted(found)
