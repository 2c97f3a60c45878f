"""How the simulators are told to misbehave."""

from __future__ import annotations

import json
import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from payments.simulators import queries
from payments.simulators.errors import InvalidFault
from payments.simulators.operations import advance_clock, run_clock, set_faults

_dice = secrets.SystemRandom().random


@csrf_exempt  # nobody is logged in here, and it exists only where everything is a toy
@require_http_methods(["GET", "POST"])
def faults(request: HttpRequest) -> HttpResponse:
    """Show the fault rates; with a JSON object posted, change those it names."""
    if request.method != "POST":
        return JsonResponse(queries.faults().as_dict())
    try:
        return JsonResponse(set_faults(values=_object(request.body)).as_dict())
    except InvalidFault as problem:
        return JsonResponse({"detail": str(problem)}, status=400)


@csrf_exempt
@require_http_methods(["GET", "POST"])
def clock(request: HttpRequest) -> HttpResponse:
    """Show how far the providers' clock is ahead; `{"advance_seconds": n}` puts it forward.

    What was to happen in that time has happened when this answers.
    """
    try:
        if request.method == "POST":
            advance_clock(seconds=_object(request.body).get("advance_seconds"))
            run_clock(now=queries.now(), dice=_dice)
    except InvalidFault as problem:
        return JsonResponse({"detail": str(problem)}, status=400)
    return JsonResponse({"ahead_seconds": int(queries.ahead().total_seconds())})


@require_GET
def books(request: HttpRequest) -> HttpResponse:
    """Show what each provider holds for us, in minor units by currency."""
    return JsonResponse({name: queries.balances(name) for name in ("paystack", "stripe", "mock")})


def _object(body: bytes) -> dict[str, Any]:
    try:
        values = json.loads(body)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise InvalidFault("Send a JSON object.")
    return values
