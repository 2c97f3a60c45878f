"""How the simulators are told to misbehave."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from payments.simulators import queries
from payments.simulators.errors import InvalidFault
from payments.simulators.operations import set_faults


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


def _object(body: bytes) -> dict[str, Any]:
    try:
        values = json.loads(body)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise InvalidFault("Send a JSON object.")
    return values
