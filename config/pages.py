"""Pages for browsers: the one at the root, and what is told about those for staff."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from config import demo

# The page is words and links: nothing is loaded, nothing is sent.
_WELCOME_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


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


@require_safe
def welcome(request: HttpRequest) -> HttpResponse:
    """What an embedded installation offers; elsewhere, the way to the API's documentation."""
    if not settings.PURSER_EMBEDDED:
        return redirect("docs")
    people = [(one.email, one.role) for one in demo.CAST]
    response = render(request, "welcome.html", {"people": people, "password": demo.PASSWORD})
    response.headers["Content-Security-Policy"] = _WELCOME_POLICY
    return response
