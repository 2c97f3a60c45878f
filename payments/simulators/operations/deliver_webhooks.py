from __future__ import annotations

from datetime import datetime, timedelta

import requests
from django.conf import settings
from django.utils import timezone

from payments.simulators import dialects, locks
from payments.simulators.models import SimulatedWebhook

PATH = "/api/v1/webhooks"
TIMEOUTS = (3.0, 30.0)

# While one worker sends, others leave the row alone for this long; after a crash it is sent again.
LEASE = timedelta(seconds=60)

# The provider waits 3 minutes four times and then an hour each; here time runs sixty times faster.
FIRST_PAUSES = 4
SHORT_PAUSE = timedelta(seconds=3)
LONG_PAUSE = timedelta(seconds=60)
GIVE_UP_AFTER = timedelta(hours=72)


def deliver_webhooks(*, now: datetime, limit: int = 100) -> int:
    """Send the webhooks that are due and return how many were taken with a 200.

    `now` is by the providers' clock; what is signed says the real time. Refuses to run inside a
    transaction: it talks to a server.
    """
    taken = 0
    for webhook in locks.claim_due_webhooks(now=now, lease=LEASE, limit=limit):
        if _send(webhook):
            delivered = {"due_at": None, "delivered_at": now}
        else:
            delivered = {"due_at": _next_time(webhook, now)}
        SimulatedWebhook.objects.filter(pk=webhook.pk).update(**delivered)
        taken += "delivered_at" in delivered
    return taken


def _send(webhook: SimulatedWebhook) -> bool:
    dialect = dialects.of(webhook.provider)
    headers = dialect.headers(webhook.body, flaw=webhook.flaw, now=timezone.now())
    try:
        answer = requests.post(
            f"{settings.PURSER_ORIGIN}{PATH}/{webhook.provider}",
            data=webhook.body.encode(),
            headers={"Content-Type": "application/json"} | headers,
            timeout=TIMEOUTS,
            allow_redirects=False,
        )
    except requests.RequestException:
        return False
    return answer.status_code == 200


def _next_time(webhook: SimulatedWebhook, now: datetime) -> datetime | None:
    if now - webhook.created_at > GIVE_UP_AFTER:
        return None
    return now + (SHORT_PAUSE if webhook.attempts <= FIRST_PAUSES else LONG_PAUSE)
