"""What every request passes through first: a name of its own, and the shortest way in."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import ClassVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.exceptions import ParseError

from config.api.parsers import parse_object
from config.api.problems import problem
from config.api.renderers import write
from events import causes

REQUEST_ID = "X-Request-ID"

_ACCEPTED = re.compile(r"[A-Za-z0-9._-]{1,64}")

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class RequestIdMiddleware:
    """Gives the request an id, the client's own if it sent a fit one, and returns it.

    Everything done meanwhile knows the id from `events.causes`: events, log lines, tasks,
    calls to providers, problem documents.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = request.META.get("HTTP_X_REQUEST_ID", "")
        if not _ACCEPTED.fullmatch(request_id):
            request_id = secrets.token_urlsafe(8)
        with causes.bind(causes.Cause(request_id=request_id)):
            response = self._answer(request)
        response[REQUEST_ID] = request_id
        return response

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        # PostgreSQL has no NUL in text, so no address of ours has one.
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return problem(
                status=400, code="validation_error", detail="The address holds a NUL character."
            )
        return self.get_response(request)


# Of the paths under /api/, those that know sessions: they are allauth's.
_SESSION_PATHS = ("/api/v1/auth/", "/api/v1/account/", "/api/v1/config")
_BODILESS = ("GET", "HEAD", "OPTIONS")
_SESSIONLESS_PATHS = ("/api/", "/health/", "/metrics")


class ShortcutMiddleware:
    """Lets requests that carry their own credentials past the middleware after this one.

    Sessions, cookies and messages are for browsers; an access token needs none of them, and
    they cost as much as the rest of the way. Stands before `SessionMiddleware`, and
    `LandingMiddleware` stands last.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        # Django builds the chain from the view outwards, so the landing is there already.
        self.view = LandingMiddleware.view

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if path.startswith(_SESSIONLESS_PATHS) and not path.startswith(_SESSION_PATHS):
            return self.view(request)
        return self.get_response(request)


class StrictBodyMiddleware:
    """Reads the JSON bodies of allauth's paths as strictly as our own, before allauth does.

    It would fail on nesting that is too deep, and take text that PostgreSQL does not.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(_SESSION_PATHS) and request.method not in _BODILESS:
            try:
                if request.body:
                    parse_object(request.body)
            except ParseError as error:
                # The shape of allauth's errors, whose paths these are.
                fault = {"message": str(error.detail), "code": "invalid"}
                body = write({"status": 400, "errors": [fault]})
                return HttpResponse(body, status=400, content_type="application/json")
        return self.get_response(request)


class LandingMiddleware:
    """Does nothing; remembers where the way past the others leads to."""

    view: ClassVar[GetResponse]

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        LandingMiddleware.view = staticmethod(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)
