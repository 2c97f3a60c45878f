"""allauth's answers, which it leaves untyped."""

from __future__ import annotations

from typing import Any

from allauth.headless.base import response
from allauth.headless.internal.restkit.response import APIResponse, ErrorResponse
from allauth.mfa.adapter import get_adapter
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse


def logged_in(request: HttpRequest) -> HttpResponse:
    """Say how far the login is: with tokens when it is complete."""
    return _typed(response.AuthenticationResponse(request))


def done(request: HttpRequest) -> HttpResponse:
    return _typed(APIResponse(request))


def conflict(request: HttpRequest) -> HttpResponse:
    """Say that nothing of the kind is under way."""
    return _typed(response.ConflictResponse(request))


def forbidden(request: HttpRequest) -> HttpResponse:
    return _typed(response.ForbiddenResponse(request))


def too_many(request: HttpRequest, *, retry_after: int | None = None) -> HttpResponse:
    answer = _typed(response.RateLimitResponse(request))
    if retry_after is not None:
        answer["Retry-After"] = str(retry_after)
    return answer


def invalid(request: HttpRequest, form: BaseForm) -> HttpResponse:
    """Say what is wrong with each field."""
    return _typed(ErrorResponse(request, input=form))


def wrong_code(request: HttpRequest, *, param: str) -> HttpResponse:
    message = get_adapter().error_messages["incorrect_code"]
    fault = {"message": str(message), "code": "incorrect_code", "param": param}
    return _typed(APIResponse(request, status=400, errors=[fault]))


def _typed(answer: Any) -> HttpResponse:
    typed: HttpResponse = answer
    return typed
