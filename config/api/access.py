"""One log line and one measurement for each request."""

from __future__ import annotations

from time import perf_counter

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.principal import Principal
from config import metrics
from config.api.requests import GetResponse
from config.logs import write_line
from events import causes

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# Asked every few seconds by machines: measured, not told.
_QUIET = frozenset({"health/live", "health/ready", "metrics"})


class AccessMiddleware:
    """Stands inside `RequestIdMiddleware`, whose id the line carries.

    Names the route by its template, never the address: that may hold what is nobody's business.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.told: bool = settings.ACCESS_LOG

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        begun = perf_counter()
        response = self.get_response(request)
        seconds = perf_counter() - begun

        match = request.resolver_match
        route = match.route if match else "unknown"
        method = request.method if request.method in _METHODS else "OTHER"
        metrics.observe_request(method, route, response.status_code, seconds)
        if self.told and route not in _QUIET:
            # Only what authentication left there: a session's user would cost a query.
            user = request.__dict__.get("user")
            known = user if type(user) is Principal else None
            line = {
                "event": "request",
                "method": method,
                "route": route,
                "status": response.status_code,
                "ms": round(seconds * 1000, 2),
                "request_id": causes.current().request_id,
                "user_id": known.id if known else None,
            }
            if known and known.key_id:
                # Whose key got out is asked first of all.
                line["key_id"] = known.key_id
            write_line(line)
        return response
