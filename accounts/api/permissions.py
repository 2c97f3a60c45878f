from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.api.step_up import require_recent_proof
from accounts.errors import PinRequired
from accounts.operations.check_pin import check_pin
from accounts.principal import Principal
from accounts.queries import role_has_permission

if TYPE_CHECKING:
    # rest_framework.views loads this module by name while it is itself being loaded.
    from rest_framework.views import APIView

PIN_HEADER = "HTTP_X_TRANSACTION_PIN"


class HasScope(BasePermission):
    """Reads from the view what a caller needs.

    `public = True`: nothing. Otherwise somebody who is known, whose credential is good for
    `scope` where the view names one, and whose role holds `permission` (`app.codename`) where
    it names one. An API key gets only to views that name a scope and no permission: what is
    about a person, their credentials or other people wants a login.

    `sensitive = True` wants a recent proof of who is asking besides (see `step_up`), and
    `wants_pin = True` the transaction PIN of those who have set one, for everything but reading.
    Like the others they may be properties that look at the request. A key is no person at a
    keyboard, and is asked for neither.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        if getattr(view, "public", False):
            return True
        principal: object = request.user
        if not isinstance(principal, Principal) or not self._may(principal, view):
            return False
        if getattr(view, "sensitive", False):
            require_recent_proof(
                user_id=principal.id,
                authenticated_at=principal.auth_time,
                second_factor_at=principal.second_factor_at,
                at=timezone.now(),
            )
        if principal.has_pin and request.method not in SAFE_METHODS:
            self._ask_for_pin(request, view, principal)
        return True

    def _may(self, principal: Principal, view: APIView) -> bool:
        scope, permission = getattr(view, "scope", None), getattr(view, "permission", None)
        if scope is not None and scope not in principal.scopes:
            return False
        if principal.key_id is not None:
            return scope is not None and permission is None
        return self._holds(principal, permission)

    def _holds(self, principal: Principal, permission: str | None) -> bool:
        if permission is None or principal.is_superuser:
            return True
        return role_has_permission(role=principal.role, permission=permission)

    def _ask_for_pin(self, request: Request, view: APIView, principal: Principal) -> None:
        if not getattr(view, "wants_pin", False):
            return
        pin = request.META.get(PIN_HEADER)
        if pin is None:
            raise PinRequired
        check_pin(owner_id=principal.id, pin=pin)
