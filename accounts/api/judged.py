"""Views whose own database call judges who asks: one round trip for everything."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from django.http import HttpResponse
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.authentication import look_up, principal_of
from accounts.api.idempotency import KeyedPost
from accounts.api.tokens import Claims
from accounts.errors import CallerChanged
from accounts.principal import Principal, Standing


class JudgedPost(KeyedPost):
    """A keyed POST that takes callers at what was last known of them.

    Its operation is given `standing(request)`, has the database judge it in the same transaction,
    and raises `CallerChanged` when it no longer holds: then who asks is looked up and everything
    begins anew. Nobody is refused, or told anything, on the word of memory alone.
    """

    @property
    def judges_caller(self) -> bool:
        return self.request.method == "POST"

    def standing(self, request: Request) -> Standing | None:
        """What the operation has to judge; None for callers who were looked up just now."""
        return principal_of(request).standing

    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        try:
            return super().post(request, **kwargs)
        except CallerChanged:
            self._look_up()
            return super().post(request, **kwargs)

    def handle_exception(self, exc: Exception) -> Response:
        if not isinstance(exc, AuthenticationFailed | NotAuthenticated):
            try:
                self._look_up()
            except (AuthenticationFailed, NotAuthenticated) as ended:
                return super().handle_exception(ended)
        return super().handle_exception(exc)

    def _look_up(self) -> None:
        """Know for certain who asks, and that they may: raises what they are then refused with."""
        request = self.request
        met: object = request.user
        if not isinstance(met, Principal) or met.standing is None:
            return
        found = look_up(cast(Claims, request.auth))
        request.user = cast(Any, found)
        if found != replace(met, standing=None):
            self.check_permissions(request)
