"""How every error is told to a client."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from django.http.request import UnreadablePostError
from rest_framework import exceptions
from rest_framework.response import Response

from config.api.problems import CONTENT_TYPE, DATABASE_AWAY, RETRY_SECONDS, document
from config.api.statuses import STATUSES

logger = logging.getLogger(__name__)

# Where the contract has one code for the status; elsewhere a refusal's own code is the code, and
# also where a protocol names it (`is_named`).
_GENERAL_CODES = {
    400: "validation_error",
    403: "permission_denied",
    404: "not_found",
    409: "state_conflict",
}
_CODES = {
    "parse_error": "validation_error",
    "invalid": "validation_error",
    "authentication_failed": "token_not_valid",
}


def problem_response(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler. None, for what nobody expected, lets Django log it and say 500."""
    if isinstance(error, exceptions.APIException):
        return _from_framework(error)
    status = next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), None)
    if status is not None:
        return None if status == 500 else _from_refusal(error, status)
    return _from_platform(error)


def _from_refusal(refusal: Exception, status: int) -> Response:
    reason: str = getattr(refusal, "code", "refused")
    code = reason if getattr(refusal, "is_named", False) else _GENERAL_CODES.get(status, reason)
    detail = str(refusal) or (type(refusal).__doc__ or "").partition("\n")[0]
    errors = None
    if status == 400:
        field = getattr(refusal, "field", "")
        errors = [{"field": field, "code": reason, "detail": detail}]
    response = _respond(
        document(
            status=status,
            code=code,
            detail=detail,
            errors=errors,
            reason=None if reason == code else reason,
        ),
        wait=getattr(refusal, "retry_after", None),
    )
    if status == 401:
        response["WWW-Authenticate"] = getattr(refusal, "challenge", 'Bearer realm="api"')
    return response


def _from_framework(error: exceptions.APIException) -> Response:
    if isinstance(error, exceptions.ValidationError):
        errors = list(_flatten(error.detail))
        return _respond(
            document(
                status=400,
                code="validation_error",
                detail="The request holds invalid values.",
                errors=errors,
            )
        )
    detail, code = str(_first(error.detail)), str(_first(error.get_codes()))
    response = _respond(
        document(status=error.status_code, code=_CODES.get(code, code), detail=detail),
        wait=getattr(error, "wait", None),
    )
    if header := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = header
    return response


def _from_platform(error: Exception) -> Response | None:
    """What Django and the database raise for their own reasons."""
    match error:
        case Http404():
            status, code, detail = 404, "not_found", "There is nothing here."
        case PermissionDenied():
            status, code, detail = 403, "permission_denied", "You may not do this."
        case RequestDataTooBig():
            status, code, detail = 413, "request_too_large", "The body is too large."
        case SuspiciousOperation() | UnreadablePostError():
            status, code, detail = 400, "validation_error", "The request is malformed."
        case _ if isinstance(error, DATABASE_AWAY):
            logger.warning("The database did not answer.", exc_info=error)
            status, code, detail = 503, "service_unavailable", "Please try again in a moment."
        case _:
            return None
    return _respond(document(status=status, code=code, detail=detail))


def _respond(members: dict[str, Any], *, wait: float | None = None) -> Response:
    status = members["status"]
    response = Response(members, status=status, content_type=CONTENT_TYPE)
    if wait is not None or status in (429, 503):
        response["Retry-After"] = str(RETRY_SECONDS if wait is None else max(1, round(wait)))
    return response


def _first(detail: Any) -> Any:
    while isinstance(detail, list | dict):
        detail = next(iter(detail.values() if isinstance(detail, dict) else detail), "")
    return detail


def _flatten(detail: Any, path: str = "") -> Iterator[dict[str, str]]:
    """Name each invalid field once per fault, nested ones as `transfers.3.amount`."""
    if isinstance(detail, dict):
        for name, below in detail.items():
            here = "" if name == "non_field_errors" else str(name)
            yield from _flatten(below, ".".join(filter(None, [path, here])))
    elif isinstance(detail, list):
        for index, below in enumerate(detail):
            nested = isinstance(below, list | dict)
            yield from _flatten(below, f"{path}.{index}".lstrip(".") if nested else path)
    else:
        code = getattr(detail, "code", "invalid")
        yield {"field": path, "code": code, "detail": str(detail)}
