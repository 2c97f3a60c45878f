from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.principal import Principal
from accounts.queries import role_has_permission

if TYPE_CHECKING:
    # rest_framework.views loads this module by name while it is itself being loaded.
    from rest_framework.views import APIView


class HasScope(BasePermission):
    """Reads from the view what a caller needs.

    `public = True`: nothing. Otherwise somebody who is known, whose credential is good for
    `scope` where the view names one, and whose role holds `permission` (`app.codename`) where
    it names one.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        if getattr(view, "public", False):
            return True
        principal: object = request.user
        if not isinstance(principal, Principal):
            return False
        scope = getattr(view, "scope", None)
        if scope is not None and scope not in principal.scopes:
            return False
        return self._holds(principal, getattr(view, "permission", None))

    def _holds(self, principal: Principal, permission: str | None) -> bool:
        if permission is None or principal.is_superuser:
            return True
        return role_has_permission(role=principal.role, permission=permission)
