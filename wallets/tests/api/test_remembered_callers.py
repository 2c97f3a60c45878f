"""Senders whom the process met before: what changed about them since counts at once."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import KeyedAnswer, User
from accounts.operations import log_out_everywhere, set_pin
from accounts.queries import recall_principal
from accounts.tests.factories import client_of, pair_of, person
from accounts.tests.test_concurrency import at_once
from wallets.errors import TransfersUndone
from wallets.models import Transfer
from wallets.operations import transfer_many
from wallets.tests.api.parties import Parties
from wallets.tests.factories import holds, wallet_of
from wallets.tests.operations.test_transfer_many import task


@pytest.fixture
def met(db: None, parties: Parties) -> Parties:
    """Alice has sent once with the token that she sends with now."""
    assert parties.send().status_code == 201
    assert holds(parties.source) == "74.50"
    return parties


def unmoved(parties: Parties) -> bool:
    return holds(parties.source) == "74.50" and Transfer.objects.count() == 1


class TestEndedTokens:
    @pytest.fixture(autouse=True)
    def ended(self, met: Parties) -> None:
        log_out_everywhere(user_id=met.alice.id, at=timezone.now())

    @pytest.mark.parametrize("key", [None, "k1"])
    def test_move_nothing(self, met: Parties, key: str | None) -> None:
        response = met.send(key=key)

        assert (response.status_code, response.json()["code"]) == (401, "token_not_valid")
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
        assert unmoved(met)
        assert not KeyedAnswer.objects.exists()

    @pytest.mark.parametrize(
        "changes",
        [
            {"amount": "-1"},
            {"amount": "9000"},
            {"destination": "0000000000000"},
            {"currency": "USD"},
            {"idempotency_key": "\n"},
        ],
        ids=["amount", "funds", "wallet", "currency", "key"],
    )
    @pytest.mark.parametrize("key", [None, "k1"])
    def test_are_told_nothing_else(
        self, met: Parties, changes: dict[str, Any], key: str | None
    ) -> None:
        response = met.send(key=key, **changes)

        assert (response.status_code, response.json()["code"]) == (401, "token_not_valid")
        assert not KeyedAnswer.objects.exists()

    def test_send_no_body_that_is_read(self, met: Parties) -> None:
        response = met.client.post("/api/v1/transfers", "{", content_type="application/json")

        assert response.status_code == 401


def test_an_answer_is_not_repeated_to_an_ended_token(met: Parties) -> None:
    assert met.send(key="k1", amount="1").status_code == 201

    log_out_everywhere(user_id=met.alice.id, at=timezone.now())

    assert met.send(key="k1", amount="1").status_code == 401


def test_a_person_who_was_shut_out_sends_nothing(met: Parties) -> None:
    User.objects.filter(id=met.alice.id).update(is_active=False)

    assert met.send().status_code == 401
    assert unmoved(met)


def test_a_new_pin_is_asked_for_at_once(met: Parties) -> None:
    set_pin(owner_id=met.alice.id, pin="2580", at=timezone.now())

    assert met.send().json()["reason"] == "pin_required"
    assert unmoved(met)


@pytest.mark.parametrize("key", [None, "k1"])
def test_what_else_changed_is_learned_and_the_transfer_made(met: Parties, key: str | None) -> None:
    User.objects.filter(id=met.alice.id).update(kyc_tier=1)

    assert met.send(key=key, amount="1").status_code == 201
    assert holds(met.source) == "73.50"
    assert Transfer.objects.count() == 2


def test_a_refusal_of_somebody_who_stands_is_kept_under_its_key(met: Parties) -> None:
    first = met.send(key="k1", amount="9000")
    again = met.send(key="k1", amount="9000")

    assert (first.status_code, first.json()["code"]) == (422, "insufficient_funds")
    assert again.content == first.content
    assert again.headers["Idempotent-Replayed"] == "true"


@pytest.mark.django_db
def test_together_nobody_passes_on_the_word_of_another() -> None:
    """One caller who no longer stands undoes the call; each is then tried alone."""
    alice, eve = person(), person()
    target = wallet_of(person())
    tasks = []
    for sender in (alice, eve):
        source = wallet_of(sender, holding="10")
        assert send_as(sender, source.number, target.number) == 201
        tasks.append(replace(task(source, target, "1"), caller=standing_of(sender)))
    log_out_everywhere(user_id=eve.id, at=timezone.now())

    with pytest.raises(TransfersUndone):
        transfer_many(tasks)
    assert holds(target) == "2.00"

    assert transfer_many(tasks[:1]) == [None]
    assert holds(target) == "3.00"


@pytest.mark.usefixtures("committed_db")
def test_logging_out_ends_sending_in_the_middle_of_a_crowd() -> None:
    """What a log-out came before was not sent: as many left the wallet as were answered 201."""
    parties = Parties()
    assert parties.send(amount="0.01").status_code == 201
    token = pair_of(parties.alice).access_token
    half = threading.Event()
    statuses: list[int] = []

    def send_or_log_out(index: int) -> None:
        if index == 0:
            assert half.wait(30)
            log_out_everywhere(user_id=parties.alice.id, at=timezone.now())
            statuses.append(0)
            return
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        for _ in range(20):
            response = client.post("/api/v1/transfers", parties.body(amount="0.01"), format="json")
            statuses.append(response.status_code)
            if len(statuses) > 60:
                half.set()

    at_once(9, send_or_log_out)

    sent = Transfer.objects.filter(source=parties.source).count()
    assert statuses.count(201) + 1 == sent
    # Eight were on their way at the most when it was said.
    assert statuses[statuses.index(0) :].count(201) <= 8
    assert parties.send(amount="0.01").status_code == 401


def send_as(sender: User, source: str, destination: str) -> int:
    body = {"source": source, "destination": destination, "amount": "1"}
    response = client_of(sender).post("/api/v1/transfers", body, format="json")
    return int(response.status_code)


def standing_of(sender: User) -> Any:
    family = sender.token_families.latest("authenticated_at")
    met = recall_principal(user_id=sender.id, family_id=family.id, version=sender.token_version)
    assert met is not None
    return met.standing
