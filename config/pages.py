"""What browsers are told about the pages for staff."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class StaffPagesMiddleware:
    """Adds the Content-Security-Policy of the admin: our own scripts and nobody else's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.path_info.startswith("/admin/"):
            response.headers.setdefault("Content-Security-Policy", settings.PAGE_POLICY)
            # Balances and names are not for the next person at this browser.
            response.headers.setdefault("Cache-Control", "no-store")
        return response
