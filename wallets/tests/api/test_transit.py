"""Transfers that wait, over the API: sent, claimed, cancelled, recovered, given back."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import client_of, grant, person
from wallets.models import Transfer, Wallet
from wallets.operations import FreezeOrder, freeze_wallet
from wallets.tests.api.parties import URL, Parties
from wallets.tests.factories import holds, wallet_of

pytestmark = pytest.mark.django_db

CAROL = "carol-api@example.com"


def freeze(wallet: Wallet) -> None:
    order = FreezeOrder(debits=True, credits=True, reason="asked", at=timezone.now())
    freeze_wallet(wallet=wallet, order=order)


def act(user: User, reference: str, verb: str, body: Any = None, key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client_of(user).post(f"{URL}/{reference}/{verb}", body, format="json", headers=headers)


@pytest.fixture(params=["", "k"], ids=["without a key", "with a key"])
def key(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_receiver_who_is_frozen_is_sent_to_all_the_same(parties: Parties, key: str) -> None:
    freeze(parties.target)

    response = parties.send(key=key)

    assert response.status_code == 201, response.content
    told = response.json()
    assert (told["status"], told["destination"]) == ("pending", parties.target.number)
    assert (holds(parties.source), holds(parties.target)) == ("74.50", "0.00")
    if key:
        again = parties.send(key=key)
        assert (again.content, again["Idempotent-Replayed"]) == (response.content, "true")
        assert holds(parties.source) == "74.50"
    assert parties.client.get(f"{URL}/{told['reference']}").json()["status"] == "pending"


def test_sender_learns_nothing_about_an_address(parties: Parties, key: str) -> None:
    """Whether it is somebody's, and whether they have a wallet, changes no answer."""
    known = person("dora-api@example.com")
    wallet_of(known)

    answers = [
        parties.send(key=key and f"{key}{n}", destination=address, amount="1").json()
        for n, address in enumerate((known.email, CAROL))
    ]

    for answer in answers:
        assert answer.pop("reference").startswith("TRF_")
        assert answer.pop("created_at")
    assert [answer.pop("destination") for answer in answers] == [known.email, CAROL]
    assert answers[0] == answers[1]
    assert answers[0]["status"] == "pending"


@pytest.mark.parametrize("address", ["carol", "carol@", "@example.com", "a@b", 7, None])
def test_what_is_no_address_is_refused(parties: Parties, address: Any) -> None:
    response = parties.send(destination=address)

    assert (response.status_code, response.json()["code"]) == (400, "validation_error")
    assert holds(parties.source) == "100.00"


def test_who_is_invited_opens_a_wallet_and_has_it(parties: Parties) -> None:
    reference = parties.send(destination=CAROL).json()["reference"]
    carol = person(CAROL)

    opened = client_of(carol).post(
        "/api/v1/wallets", {"currency": "NGN", "kind": "current"}, format="json"
    )

    assert opened.status_code == 201, opened.content
    assert opened.json()["balance"]["available"] == "25.50"
    told = client_of(carol).get(f"{URL}/{reference}").json()
    assert (told["status"], told["destination"]) == ("completed", opened.json()["number"])


def test_claim_is_for_who_was_invited_and_once(parties: Parties) -> None:
    reference = parties.send(destination=CAROL).json()["reference"]
    carol = person(CAROL)
    wallet = wallet_of(carol)

    assert act(parties.bob, reference, "claim").status_code == 404
    for key in ("", "c1", "c1"):
        assert act(carol, reference, "claim", key=key).status_code == 200

    assert holds(wallet) == "25.50"
    assert act(parties.alice, reference, "cancel").status_code == 409


def test_cancel_is_for_the_sender(parties: Parties) -> None:
    reference = parties.send(destination=CAROL).json()["reference"]

    assert act(parties.bob, reference, "cancel").status_code == 404
    response = act(parties.alice, reference, "cancel")

    assert (response.status_code, response.json()["status"]) == (200, "cancelled")
    assert response.json()["destination"] == "c***@example.com"
    assert holds(parties.source) == "100.00"
    assert act(person(CAROL), reference, "claim").status_code == 404


def test_recover_refunds_what_is_stuck_and_leaves_the_healthy_alone(parties: Parties) -> None:
    healthy = parties.send(amount="1").json()["reference"]
    freeze(parties.target)
    stuck = parties.send(amount="2").json()["reference"]

    told = act(parties.alice, healthy, "recover").json()
    assert told == {"recovered": False, "reference": healthy, "status": "completed"}
    assert act(parties.bob, stuck, "recover").status_code == 404
    told = act(person(role="staff"), stuck, "recover").json()
    assert told == {"recovered": True, "reference": stuck, "status": "failed"}
    told = act(parties.alice, stuck, "recover").json()

    assert told == {"recovered": False, "reference": stuck, "status": "failed"}
    assert holds(parties.source) == "99.00"
    assert act(parties.alice, "TRF_NOSUCH", "recover").status_code == 404


class TestReverse:
    def test_is_for_staff_alone(self, parties: Parties) -> None:
        reference = parties.send().json()["reference"]

        for user in (parties.alice, parties.bob, person()):
            assert act(user, reference, "reverse", {}).status_code == 403

        assert holds(parties.target) == "25.50"

    def test_gives_all_of_it_back_and_says_so(self, parties: Parties) -> None:
        reference = parties.send().json()["reference"]
        staff = person(role="staff")

        response = act(staff, reference, "reverse", {"reason": "sent by mistake"}, key="r")
        again = act(staff, reference, "reverse", {"reason": "sent by mistake"}, key="r")

        assert response.status_code == 201, response.content
        assert again.content == response.content
        told = response.json()
        assert (told["amount"], told["left"], told["status"]) == ("25.50", "0.00", "reversed")
        assert told["reference"].startswith("RVS_")
        assert (holds(parties.source), holds(parties.target)) == ("100.00", "0.00")
        more = act(staff, reference, "reverse", {"amount": "0.01"})
        assert (more.status_code, more.json()["code"]) == (409, "state_conflict")
        lines = parties.client.get(f"/api/v1/wallets/{parties.source.number}/transactions").json()
        assert lines["results"][0]["type"] == "reversal"

    def test_parts_come_to_at_most_the_whole(self, parties: Parties) -> None:
        reference = parties.send().json()["reference"]
        staff = person(role="staff")

        told = act(staff, reference, "reverse", {"amount": "20.00"}).json()
        assert (told["left"], told["status"]) == ("5.50", "completed")
        assert act(staff, reference, "reverse", {"amount": "5.51"}).status_code == 409
        told = act(staff, reference, "reverse", {"amount": "5.50"}).json()

        assert told["status"] == "reversed"
        assert holds(parties.source) == "100.00"

    def test_spent_money_does_not_come_back(self, parties: Parties) -> None:
        reference = parties.send().json()["reference"]
        body = {
            "source": parties.target.number,
            "destination": parties.source.number,
            "amount": "25.00",
        }
        assert client_of(parties.bob).post(URL, body, format="json").status_code == 201

        response = act(person(role="staff"), reference, "reverse", {})

        assert (response.status_code, response.json()["code"]) == (422, "insufficient_funds")
        assert Transfer.objects.get(entry__reference=reference).status == "completed"

    def test_what_went_through_transit_goes_back_through_it(self, parties: Parties) -> None:
        reference = parties.send(destination=CAROL).json()["reference"]
        carol = person(CAROL)
        wallet = wallet_of(carol)
        staff = person(role="staff")
        assert act(staff, reference, "reverse", {}).status_code == 409
        act(carol, reference, "claim")

        assert act(staff, reference, "reverse", {"amount": "5.50"}).status_code == 201
        told = act(staff, reference, "reverse", {}).json()

        assert (told["amount"], told["status"]) == ("20.00", "reversed")
        assert (holds(parties.source), holds(wallet)) == ("100.00", "0.00")


def test_staff_role_may_be_given_less(parties: Parties) -> None:
    reference = parties.send().json()["reference"]
    grant("user", "reverse_transfer")

    assert act(person(), reference, "reverse", {}).status_code == 201
