"""How a simulated provider answers: its key, its words for a refusal, and its moods."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.csrf import csrf_exempt

from payments.simulators import operations, queries
from payments.simulators.errors import SimulatorRefusal
from payments.simulators.faults import Faults

View = Callable[..., HttpResponse]
Spoken = Callable[..., HttpResponseBase]

dice = secrets.SystemRandom().random


def spoken(
    *,
    check: Callable[[HttpRequest], None],
    refuse: Callable[[SimulatorRefusal], HttpResponse],
) -> Callable[[View], Spoken]:
    """Make a view of one provider: check the key, answer refusals, and misbehave as set."""

    def decorate(view: View) -> Spoken:
        @csrf_exempt
        @wraps(view)
        def call(request: HttpRequest, **captured: Any) -> HttpResponseBase:
            faults = queries.faults()
            if trouble := _before(faults):
                return trouble
            try:
                check(request)
                answer = view(request, **captured)
            except SimulatorRefusal as refusal:
                answer = refuse(refusal)
            return _after(faults, answer)

        return call

    return decorate


def _before(faults: Faults) -> HttpResponse | None:
    if dice() < faults.error:
        return HttpResponse("<html>502 Bad Gateway</html>", status=502)
    if dice() < faults.rate_limit:
        return HttpResponse("<html>429 Too Many Requests</html>", status=429)
    if dice() < faults.timeout:
        time.sleep(faults.timeout_seconds)
        return HttpResponse("<html>504 Gateway Time-out</html>", status=504)
    if dice() < faults.delay:
        time.sleep(faults.delay_seconds)
    return None


def _after(faults: Faults, answer: HttpResponse) -> HttpResponseBase:
    if dice() < faults.early_webhook:
        deliver_early(faults)
    if dice() < faults.error_after:
        return HttpResponse("<html>502 Bad Gateway</html>", status=502)
    if dice() < faults.timeout_after:
        time.sleep(faults.timeout_seconds)
    if dice() < faults.reset:
        return StreamingHttpResponse(_half(answer.content), headers=dict(answer.headers.items()))
    return answer


def deliver_early(faults: Faults) -> None:
    """Let what was just asked for happen at once, and tell of it before it is answered."""
    soon = queries.now() + timedelta(seconds=max(faults.payout_seconds, faults.refund_seconds))
    operations.run_clock(now=soon, dice=dice)
    operations.deliver_webhooks(now=soon + timedelta(seconds=faults.webhook_seconds))


def _half(content: bytes) -> Iterator[bytes]:
    yield content[: len(content) // 2]
    raise ConnectionResetError("the provider breaks off, as set")
