"""Problem documents (RFC 9457): what a client is told when a request did not succeed."""

from __future__ import annotations

import logging
import sys
from typing import Any

from django.db.utils import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views import defaults

from config.api.renderers import write
from events import causes

CONTENT_TYPE = "application/problem+json"
RETRY_SECONDS = 5

# Errors of the database that say nothing about the request: it may be tried again.
DATABASE_AWAY = (OperationalError, InterfaceError)

logger = logging.getLogger(__name__)


def document(
    *,
    status: int,
    code: str,
    detail: str,
    errors: list[dict[str, str]] | None = None,
    reason: str | None = None,
) -> dict[str, Any]:
    """Make the members of a problem document.

    `code` is what programs read; `reason` a closer code under a general one, such as
    `already_reversed` under `state_conflict`.
    """
    members: dict[str, Any] = {
        "type": f"urn:purser:problem:{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": causes.current().request_id,
    }
    if reason is not None:
        members["reason"] = reason
    if errors is not None:
        members["errors"] = errors
    return members


def problem(*, status: int, code: str, detail: str) -> HttpResponse:
    """Answer with a problem document from outside DRF."""
    response = HttpResponse(
        write(document(status=status, code=code, detail=detail)),
        status=status,
        content_type=CONTENT_TYPE,
    )
    if status == 503:
        response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _for_programs(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Django's handler400: a host or a request that Django itself does not take."""
    if not _for_programs(request):
        return defaults.bad_request(request, exception)
    return problem(status=400, code="validation_error", detail="The request is malformed.")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Django's handler403."""
    if not _for_programs(request):
        return defaults.permission_denied(request, exception)
    return problem(status=403, code="permission_denied", detail="You may not do this.")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Django's handler404."""
    if not _for_programs(request):
        return defaults.page_not_found(request, exception)
    return problem(status=404, code="not_found", detail="There is nothing here.")


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Django's handler500: the client learns a request id, the log the rest."""
    away = isinstance(sys.exc_info()[1], DATABASE_AWAY)
    if not _for_programs(request):
        return defaults.server_error(request)
    if away:
        return problem(
            status=503, code="service_unavailable", detail="Please try again in a moment."
        )
    return problem(
        status=500,
        code="internal_error",
        detail="Something went wrong on our side. Please quote the request id.",
    )
