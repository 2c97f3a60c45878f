from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import SystemRandom

import structlog
from django.conf import settings
from django.db import transaction

from events import locks, names, retries, sealing, signatures, telling
from events.errors import SecretUnreadable
from events.models import DeliveryStatus, DisabledReason, EventDelivery, WebhookEndpoint
from events.operations.disable_endpoint import disable
from events.operations.notify_owner import notify_owner
from events.outbound import Answer, Caller

# Longer than any call can take: after it, whoever claimed a delivery is taken for dead.
LEASE = timedelta(seconds=60)
_AT_ONCE = 16
_OF_ONE_ENDPOINT = 4
_GONE = 410

logger = structlog.get_logger(__name__)

_random = SystemRandom()

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class _Letter:
    url: str
    body: bytes
    headers: dict[str, str]


def send_deliveries(
    *,
    clock: Clock,
    caller: Caller | None = None,
    chance: Callable[[], float] = _random.random,
    rounds: int = 20,
) -> int:
    """Send what is due, and write down how it was answered; return how many were sent.

    Calls other people's servers, several at a time, so it refuses to run inside a transaction.
    Killed between a call and writing it down, it leaves a delivery that is due again after
    `LEASE`: it is then sent again under the same `webhook-id`, never lost.
    """
    caller = caller or Caller(settings.WEBHOOK_POLICY)
    sent = 0
    for _ in range(rounds):
        claimed = locks.claim_due(now=clock(), lease=LEASE, limit=_AT_ONCE, each=_OF_ONE_ENDPOINT)
        if not claimed:
            break
        _send(claimed, caller, clock, chance)
        sent += len(claimed)
    return sent


def _send(
    claimed: list[EventDelivery], caller: Caller, clock: Clock, chance: Callable[[], float]
) -> None:
    letters = [_letter(delivery, clock()) for delivery in claimed]
    # Only these threads wait for strangers, and they know nothing of the database.
    with ThreadPoolExecutor(len(claimed)) as senders:
        answers = senders.map(lambda letter: _post(caller, letter), letters)
        for delivery, answer in zip(claimed, answers, strict=True):
            record_answer(delivery, answer, at=clock(), chance=chance())


def _post(caller: Caller, letter: _Letter | None) -> Answer:
    if letter is None:
        return Answer(None, "secret_unreadable", 0)
    return caller.post(letter.url, body=letter.body, headers=letter.headers)


def _letter(delivery: EventDelivery, now: datetime) -> _Letter | None:
    """Return what to send, None when the secret to sign it with does not open."""
    try:
        secrets = list(_secrets(delivery.endpoint, now))
    except SecretUnreadable:
        return None
    body = delivery.body.encode()
    headers = signatures.headers(
        message_id=telling.spell(names.Position(delivery.event_id, delivery.part)),
        timestamp=int(now.timestamp()),
        body=body,
        secrets=secrets,
    )
    fixed = {"Content-Type": "application/json", "User-Agent": "Purser-Webhooks/1"}
    return _Letter(delivery.endpoint.url, body, headers | fixed)


def _secrets(endpoint: WebhookEndpoint, now: datetime) -> Iterable[bytes]:
    if endpoint.secret is not None:
        yield sealing.unseal(endpoint.secret, endpoint_id=endpoint.id)
    until = endpoint.former_until
    if endpoint.former_secret is not None and until is not None and now < until:
        yield sealing.unseal(
            endpoint.former_secret, endpoint_id=endpoint.id, column=sealing.FORMER_SECRET
        )


def record_answer(delivery: EventDelivery, answer: Answer, *, at: datetime, chance: float) -> None:
    """Write down how one attempt went, unless a later attempt has been begun meanwhile."""
    with transaction.atomic():
        endpoint = locks.endpoint(endpoint_id=delivery.endpoint_id)
        written = EventDelivery.objects.filter(
            id=delivery.id, attempts=delivery.attempts, status=DeliveryStatus.PENDING
        ).update(
            response_status=answer.status,
            problem=answer.problem,
            duration_ms=round(answer.seconds * 1000),
            **_outcome(delivery, answer, at=at, chance=chance),
        )
        disabled = (
            _judge(endpoint, answer, at) if written and endpoint and endpoint.is_enabled else None
        )
    logger.info(
        "webhook sent",
        delivery=str(delivery.id),
        endpoint=str(delivery.endpoint_id),
        attempt=delivery.attempts,
        status=answer.status,
        problem=answer.problem,
        ms=round(answer.seconds * 1000),
    )
    if endpoint and disabled:
        notify_owner(endpoint, reason=disabled)


def _outcome(
    delivery: EventDelivery, answer: Answer, *, at: datetime, chance: float
) -> dict[str, object]:
    if answer.is_good:
        return {"status": DeliveryStatus.DELIVERED, "next_try_at": None, "settled_at": at}
    again = retries.next_attempt(made=delivery.step, at=at, chance=chance)
    if again is None or answer.status == _GONE:
        return {"status": DeliveryStatus.FAILED, "next_try_at": None, "settled_at": at}
    return {"next_try_at": again}


def _judge(endpoint: WebhookEndpoint, answer: Answer, at: datetime) -> DisabledReason | None:
    """Disable what wants no more, or has answered well to nothing for three days."""
    since = None if answer.is_good else endpoint.failing_since or at
    if since != endpoint.failing_since:
        endpoint.failing_since = since
        endpoint.save(update_fields=["failing_since"])
    if answer.status == _GONE:
        reason = DisabledReason.GONE
    elif since is not None and at - since >= retries.PATIENCE:
        reason = DisabledReason.FAILING
    else:
        return None
    disable(endpoint, reason=reason, at=at)
    return reason
