"""Disputes as staff settle them, and what the database refuses."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.tests.factories import client_of, deny, person
from events.models import Event
from ledger.models import LedgerAccount
from ledger.money import Money
from wallets.models import Dispute, DisputeDecision, Transfer
from wallets.tests.api.court import API, Court, kinds, sent_to
from wallets.tests.api.parties import Parties
from wallets.tests.books import broken_books
from wallets.tests.factories import fund, wallet_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def court(parties: Parties) -> Court:
    return Court(parties)


class TestStaff:
    def test_refund_what_is_held_and_more(self, court: Court) -> None:
        reference = court.filed()
        before = broken_books()

        response = court.decided(reference, "refund")

        assert response.status_code == 200, response.content
        assert broken_books() == before
        ended = response.json()
        assert (ended["status"], ended["refunded"]) == ("refunded", "25.50")
        assert ended["refund_reference"] == f"RVS_{reference}"
        assert (court.held(), court.money()) == (0, ("100.00", "0.00"))
        assert Transfer.objects.get(entry__reference=court.transfer).status == "reversed"
        resolved = Event.objects.filter(type="dispute.resolved", subject=reference)
        assert [event.data for event in resolved] == [{"outcome": "refunded"}] * 2
        assert "proposed" not in kinds(court.alice, reference)

    def test_refund_a_part(self, court: Court) -> None:
        reference = court.filed()

        ended = court.decided(reference, "refund", amount="5.50").json()

        assert ended["refunded"] == "5.50"
        assert (court.held(), court.money()) == (0, ("80.00", "20.00"))
        assert Transfer.objects.get(entry__reference=court.transfer).status == "completed"

    def test_refund_from_a_wallet_that_was_frozen(self, court: Court) -> None:
        reference = court.filed()
        url = f"{API}/wallets/{court.parties.target.number}/freeze"
        body = {"reason": "fraud", "debits": True, "credits": True}
        assert court.first.post(url, body, format="json").status_code == 200

        assert court.decided(reference, "refund").json()["status"] == "refunded"

        assert court.money() == ("100.00", "0.00")
        account = LedgerAccount.objects.get(pk=court.parties.target.account_id)
        assert (account.debits_blocked, account.credits_blocked) == (True, True)

    def test_refund_that_the_recipient_cannot_pay_changes_nothing(self, court: Court) -> None:
        reference = court.filed(reason="other")
        court.bob.post(
            f"{API}/transfers",
            {
                "source": court.parties.target.number,
                "destination": wallet_of(person()).number,
                "amount": "20.00",
            },
            format="json",
        )

        response = court.decided(reference, "refund")

        assert (response.status_code, response.json()["code"]) == (422, "insufficient_funds")
        assert court.money() == ("74.50", "5.50")
        assert DisputeDecision.objects.get(dispute__reference=reference).status == "proposed"
        fund(court.parties.target, Money.of("20.00", "NGN"))
        assert court.act(court.second, reference, "decide", approve=True).status_code == 200

    def test_reject_and_let_the_money_go(self, court: Court) -> None:
        reference = court.filed()

        ended = court.decided(reference, "reject").json()

        assert (ended["status"], ended["refunded"]) == ("rejected", "0.00")
        assert (court.held(), court.money()) == (0, ("74.50", "25.50"))
        again = court.file()
        assert (again.status_code, again.json()["code"]) == (409, "state_conflict")

    def test_need_two(self, court: Court) -> None:
        reference = court.filed()
        none_yet = court.act(court.second, reference, "decide", approve=True)
        assert none_yet.status_code == 409
        court.act(court.first, reference, "propose", outcome="refund", reason="Clear.")

        alone = court.act(court.first, reference, "decide", approve=True)

        assert (alone.status_code, alone.json()["code"]) == (422, "second_person_needed")
        assert court.money() == ("74.50", "25.50")
        twice = court.act(court.second, reference, "propose", outcome="reject", reason="No.")
        assert twice.status_code == 409

    def test_turn_a_proposal_down(self, court: Court) -> None:
        reference = court.filed()
        court.act(court.first, reference, "propose", outcome="refund", reason="Clear.")

        court.act(court.second, reference, "decide", approve=False, reason="Not clear.")

        assert court.money() == ("74.50", "25.50")
        assert court.decided(reference, "reject").json()["status"] == "rejected"

    def test_who_is_a_party_keeps_out(self, parties: Parties) -> None:
        judge = person(role="staff")
        court = Court(parties)
        court.transfer = sent_to(court, judge)
        reference = court.filed()

        response = court.act(client_of(judge), reference, "propose", outcome="reject", reason="x")

        assert (response.status_code, response.json()["code"]) == (422, "own_dispute")

    def test_may_do_so_only_with_the_permission(self, court: Court) -> None:
        reference = court.filed()
        deny("staff", "approve_dispute", "handle_dispute")

        for verb in ("assign", "ask", "propose", "decide"):
            assert court.act(court.first, reference, verb).status_code == 403
        assert court.first.get(f"{API}/dispute-queue").status_code == 403

    def test_take_one_on(self, court: Court) -> None:
        reference = court.filed()

        for _ in range(2):
            assert court.act(court.first, reference, "assign").status_code == 200

        dispute = Dispute.objects.get(reference=reference)
        assert dispute.assigned_to_id == court.judges[0].id
        assert kinds(court.first, reference, "dispute-queue").count("assigned") == 1
        listed = court.second.get(f"{API}/dispute-queue", {"status": "open"}).json()["results"]
        assert [row["reference"] for row in listed] == [reference]

    def test_end_it_once(self, court: Court) -> None:
        reference = court.filed()
        court.decided(reference, "refund")

        for client, verb, body in (
            (court.second, "decide", {"approve": True}),
            (court.first, "propose", {"outcome": "reject", "reason": "x"}),
            (court.first, "ask", {"party": "sender", "text": "x"}),
            (court.alice, "answer", {"text": "x"}),
            (court.alice, "withdraw", {}),
        ):
            assert court.act(client, reference, verb, **body).status_code == 409
        assert court.money() == ("100.00", "0.00")


class TestDatabase:
    def test_refuses_an_end_that_nobody_approved(self, court: Court) -> None:
        court.filed()

        for values in (
            {"status": "rejected"},
            {"status": "refunded", "refunded_minor": 2550, "refund_reference": "X"},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                Dispute.objects.filter(transfer__entry__reference=court.transfer).update(
                    closed_at=timezone.now(), **values
                )

    def test_refuses_one_person_alone(self, court: Court) -> None:
        reference = court.filed()
        court.act(court.first, reference, "propose", outcome="reject", reason="x")

        with pytest.raises(IntegrityError), transaction.atomic():
            DisputeDecision.objects.filter(dispute__reference=reference).update(
                status="approved", decided_by=court.judges[0], decided_at=timezone.now()
            )
