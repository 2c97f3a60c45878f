"""Deliveries on their way: signatures, retries, endpoints that give up, crashes."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from events import retries, signatures
from events.addresses import Policy
from events.models import DeliveryStatus, EventDelivery, WebhookEndpoint
from events.operations import redeliver, rotate_secret, send_deliveries
from events.operations.send_deliveries import LEASE, record_answer
from events.outbound import Answer, Caller
from events.tests.factories import SECRET, Clock, Receiver, endpoint_of, queued, receiver
from events.tests.threads import at_once

TRIALS = Policy(local=True)


@pytest.fixture(autouse=True)
def _trials(settings: Any) -> None:
    settings.WEBHOOK_POLICY = TRIALS


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiver() as made:
        yield made


def send(at: datetime | None = None) -> int:
    return send_deliveries(clock=Clock(at), chance=lambda: 0.0)


@pytest.mark.django_db
class TestSending:
    def test_signed_as_the_standard_has_it(self, server: Receiver) -> None:
        delivery = queued(endpoint_of(uuid4(), url=server.url), amount="5.00")

        assert send() == 1

        got = server.got[0]
        told = Webhook(signatures.spell(SECRET)).verify(got.body, got.headers)
        assert told["data"] == {"amount": "5.00"}
        assert got.headers["webhook-id"] == told["id"]
        assert got.headers["content-type"] == "application/json"
        delivery.refresh_from_db()
        assert delivery.status == DeliveryStatus.DELIVERED
        assert (delivery.attempts, delivery.response_status) == (1, 200)
        assert delivery.duration_ms is not None

    def test_not_by_others_and_not_altered(self, server: Receiver) -> None:
        queued(endpoint_of(uuid4(), url=server.url))
        send()

        got = server.got[0]
        with pytest.raises(WebhookVerificationError):
            Webhook(signatures.spell(b"another secret of thirty-two byt")).verify(
                got.body, got.headers
            )
        with pytest.raises(WebhookVerificationError):
            Webhook(signatures.spell(SECRET)).verify(got.body + b" ", got.headers)
        with pytest.raises(WebhookVerificationError):
            Webhook(signatures.spell(SECRET)).verify(
                got.body, got.headers | {"webhook-id": "evt_other"}
            )

    def test_delivered_is_not_sent_again(self, server: Receiver) -> None:
        queued(endpoint_of(uuid4(), url=server.url))

        assert [send(), send(), send(timezone.now() + timedelta(days=1))] == [1, 0, 0]

    def test_both_secrets_for_a_day(self, server: Receiver) -> None:
        endpoint = endpoint_of(uuid4(), url=server.url)
        newer = b"the secret that comes after it.."
        begun = timezone.now()
        rotate_secret(owner_id=endpoint.owner_id, endpoint_id=endpoint.id, secret=newer, at=begun)
        queued(endpoint)
        send()
        later = queued(endpoint)
        EventDelivery.objects.exclude(id=later.id).delete()
        send(begun + timedelta(hours=24, seconds=1))

        during, after = (got for got in server.got if b"deposit" in got.body)
        for secret in (SECRET, newer):
            Webhook(signatures.spell(secret)).verify(during.body, during.headers)
        assert len(during.headers["webhook-signature"].split()) == 2
        assert len(after.headers["webhook-signature"].split()) == 1

    def test_a_secret_that_does_not_open_holds_up_nobody_else(self, server: Receiver) -> None:
        broken = queued(endpoint_of(uuid4(), url=server.url))
        whole = queued(endpoint_of(uuid4(), url=server.url))
        WebhookEndpoint.objects.filter(id=broken.endpoint_id).update(secret=b"v1:k0:nonsense")

        send()

        broken.refresh_from_db()
        whole.refresh_from_db()
        assert (broken.status, broken.problem) == ("pending", "secret_unreadable")
        assert whole.status == DeliveryStatus.DELIVERED

    def test_what_resolves_to_the_inside_is_not_sent(self) -> None:
        delivery = queued(endpoint_of(uuid4()))
        inside = Caller(resolve=lambda *_: ["10.0.0.1"])

        send_deliveries(clock=Clock(), caller=inside)

        delivery.refresh_from_db()
        assert (delivery.problem, delivery.response_status) == ("address_refused", None)

    def test_one_with_a_long_queue_keeps_nobody_waiting(self, server: Receiver) -> None:
        busy = endpoint_of(uuid4(), url=server.url + "/busy")
        for _ in range(12):
            queued(busy)
        queued(endpoint_of(uuid4(), url=server.url + "/other"))

        send_deliveries(clock=Clock(), rounds=1)

        assert sorted(got.path for got in server.got).count("/hook/other") == 1
        assert len(server.got) == 5


@pytest.mark.django_db
class TestRetries:
    def test_the_schedule(self, server: Receiver) -> None:
        """Ten attempts over three days, each when it is due and not before."""
        server.status = 503
        delivery = queued(endpoint_of(uuid4(), url=server.url))
        EventDelivery.objects.exclude(id=delivery.id).delete()
        begun = now = timezone.now()
        waits = []
        while delivery.status == DeliveryStatus.PENDING:
            assert send(now) == 1
            delivery.refresh_from_db()
            if delivery.next_try_at:
                assert send(delivery.next_try_at - timedelta(seconds=1)) == 0
                waits.append(delivery.next_try_at - now)
                now = delivery.next_try_at

        assert delivery.attempts == retries.MOST_ATTEMPTS == 10
        assert waits == sorted(waits)
        assert waits[0] == timedelta(seconds=5)
        assert now - begun >= timedelta(days=3)
        assert len({got.headers["webhook-id"] for got in server.got}) == 1
        assert len({got.body for got in server.got}) == 1
        assert delivery.status == DeliveryStatus.FAILED

    def test_what_failed_together_is_spread(self) -> None:
        now = timezone.now()
        tries = [retries.next_attempt(made=4, at=now, chance=chance) for chance in (0.0, 1.0)]

        assert tries == [now + timedelta(hours=2), now + timedelta(hours=2, minutes=12)]
        assert retries.next_attempt(made=10, at=now, chance=0.5) is None

    def test_it_arrives_at_last(self, server: Receiver) -> None:
        endpoint = endpoint_of(uuid4(), url=server.url)
        delivery = queued(endpoint)
        server.status = 500
        send()
        endpoint.refresh_from_db()
        assert endpoint.failing_since is not None

        server.status = 204
        send(timezone.now() + timedelta(seconds=6))

        delivery.refresh_from_db()
        endpoint.refresh_from_db()
        assert (delivery.status, delivery.attempts) == (DeliveryStatus.DELIVERED, 2)
        assert endpoint.failing_since is None

    def test_sent_again_on_request_under_the_same_name(self, server: Receiver) -> None:
        endpoint = endpoint_of(uuid4(), url=server.url)
        delivery = queued(endpoint)
        send()
        redeliver(
            owner_id=endpoint.owner_id,
            endpoint_id=endpoint.id,
            delivery_id=delivery.id,
            at=timezone.now(),
        )
        EventDelivery.objects.exclude(id=delivery.id).delete()

        send()

        first, *_, second = [got for got in server.got if b"deposit" in got.body]
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        assert first.body == second.body


@pytest.mark.usefixtures("committed_db")
class TestCrashes:
    def test_killed_between_sending_and_writing_it_down(self, server: Receiver) -> None:
        delivery = queued(endpoint_of(uuid4(), url=server.url))
        now = timezone.now()
        connection.close()

        child = os.fork()
        if child == 0:
            send_deliveries(clock=Clock(now), caller=_Dying(TRIALS))
            os._exit(0)
        assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL

        delivery.refresh_from_db()
        assert (delivery.status, delivery.attempts) == (DeliveryStatus.PENDING, 1)
        mine = [got for got in server.got if json.loads(got.body)["type"] == "deposit.completed"]
        assert len(mine) == 1

        send(now + LEASE + timedelta(seconds=1))

        delivery.refresh_from_db()
        assert (delivery.status, delivery.attempts) == (DeliveryStatus.DELIVERED, 2)
        ids = [got.headers["webhook-id"] for got in server.got if got.body == mine[0].body]
        assert len(ids) == 2
        assert len(set(ids)) == 1

    def test_several_senders_at_once_send_each_once(self, server: Receiver) -> None:
        endpoint = endpoint_of(uuid4(), url=server.url)
        deliveries = [queued(endpoint).id for _ in range(24)]

        at_once(6, lambda _: send())

        mine = EventDelivery.objects.filter(id__in=deliveries)
        assert {(row.status, row.attempts) for row in mine} == {(DeliveryStatus.DELIVERED, 1)}
        ids = [got.headers["webhook-id"] for got in server.got]
        assert len(ids) == len(set(ids)) == 24

    def test_who_comes_late_changes_nothing(self, server: Receiver) -> None:
        """A sender that slept through its lease finds that another did its work."""
        delivery = queued(endpoint_of(uuid4(), url=server.url))
        now = timezone.now()
        EventDelivery.objects.filter(id=delivery.id).update(attempts=1, step=1, next_try_at=now)
        delivery.refresh_from_db()
        send(now)

        record_answer(delivery, Answer(500, "", 0.1), at=now, chance=0)

        delivery.refresh_from_db()
        assert (delivery.status, delivery.response_status) == (DeliveryStatus.DELIVERED, 200)


class _Dying(Caller):
    def post(self, *args: object, **kwargs: object) -> Answer:
        super().post(*args, **kwargs)  # type: ignore[arg-type]
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError
