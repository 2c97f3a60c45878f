"""Disputes as the parties and staff see them."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import client_of, deny, person
from events.models import Event
from ledger.models import LedgerAccount
from ledger.money import Money
from wallets.models import Dispute, DisputeDecision, Hold, Transfer
from wallets.tests.api.parties import Parties
from wallets.tests.factories import fund, holds, wallet_of

pytestmark = pytest.mark.django_db

API = "/api/v1"
PDF = b"%PDF-1.7 a receipt"


class Court:
    """Alice sent 25.50 of her 100.00 to Bob, and wants it back; two of the staff look at it."""

    def __init__(self, parties: Parties) -> None:
        self.parties = parties
        self.transfer = parties.send().json()["reference"]
        self.alice, self.bob = parties.client, client_of(parties.bob)
        self.judges = [person(role="staff"), person(role="staff")]
        self.first, self.second = (client_of(judge) for judge in self.judges)

    def file(self, client: APIClient | None = None, **changes: Any) -> Any:
        body = {"transfer": self.transfer, "reason": "unauthorised", "description": "Not me."}
        return (client or self.alice).post(f"{API}/disputes", body | changes, format="json")

    def filed(self, **changes: Any) -> str:
        response = self.file(**changes)
        assert response.status_code == 201, response.content
        return str(response.json()["reference"])

    def act(self, client: APIClient, reference: str, verb: str, **body: Any) -> Any:
        part = "disputes" if client in (self.alice, self.bob) else "dispute-queue"
        return client.post(f"{API}/{part}/{reference}/{verb}", body, format="json")

    def decided(self, reference: str, outcome: str, **proposal: Any) -> Any:
        proposal = {"outcome": outcome, "reason": "We looked."} | proposal
        response = self.act(self.first, reference, "propose", **proposal)
        assert response.status_code == 200, response.content
        return self.act(self.second, reference, "decide", approve=True)

    def money(self) -> tuple[str, str]:
        return holds(self.parties.source), holds(self.parties.target)

    def held(self) -> int:
        return LedgerAccount.objects.get(pk=self.parties.target.account_id).held_minor


@pytest.fixture
def court(parties: Parties) -> Court:
    return Court(parties)


def kinds(client: APIClient, reference: str, part: str = "disputes") -> list[str]:
    found = client.get(f"{API}/{part}/{reference}").json()
    return [step["kind"] for step in found["timeline"]]


class TestFiling:
    def test_sets_the_recipients_money_aside_and_tells_both(self, court: Court) -> None:
        response = court.file()

        assert response.status_code == 201, response.content
        made = response.json()
        assert made["reference"].startswith("DSP_")
        assert (made["transfer"], made["status"], made["amount"]) == (
            court.transfer,
            "open",
            "25.50",
        )
        assert [step["kind"] for step in made["timeline"]] == ["filed", "held"]
        assert (court.held(), court.money()) == (2550, ("74.50", "25.50"))
        told = Event.objects.filter(type="dispute.filed", subject=made["reference"])
        owners = set(told.values_list("owner_id", flat=True))
        assert owners == {court.parties.alice.id, court.parties.bob.id}

    def test_holds_no_more_than_is_there(self, court: Court) -> None:
        other = wallet_of(person())
        court.bob.post(
            f"{API}/transfers",
            {
                "source": court.parties.target.number,
                "destination": other.number,
                "amount": "20.00",
            },
            format="json",
        )

        reference = court.filed()

        assert court.held() == 550
        assert Hold.objects.get(dispute__reference=reference).purpose == "dispute"

    def test_holds_nothing_for_other_reasons(self, court: Court) -> None:
        reference = court.filed(reason="not_received", amount="10.00")

        assert court.held() == 0
        assert kinds(court.alice, reference) == ["filed"]

    def test_hold_of_a_dispute_is_not_the_recipients_to_release(self, court: Court) -> None:
        reference = court.filed()

        response = court.bob.post(f"{API}/holds/HLD_{reference}/release", {}, format="json")

        assert (response.status_code, court.held()) == (409, 2550)

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            ({"amount": "25.51"}, 422, "not_disputable"),
            ({"amount": "0"}, 400, "validation_error"),
            ({"reason": "bored"}, 400, "validation_error"),
            ({"description": ""}, 400, "validation_error"),
            ({"transfer": "TRF_NONE"}, 404, "not_found"),
        ],
        ids=["too much", "nothing", "no reason", "no words", "no transfer"],
    )
    def test_refuses(self, court: Court, body: dict[str, Any], status: int, code: str) -> None:
        response = court.file(**body)

        assert (response.status_code, response.json()["code"]) == (status, code)
        assert not Dispute.objects.filter(transfer__entry__reference=court.transfer).exists()
        assert court.held() == 0

    def test_is_the_senders_to_do(self, court: Court) -> None:
        for client in (court.bob, client_of(person())):
            assert court.file(client).status_code == 404

    def test_happens_once(self, court: Court) -> None:
        court.filed()

        again = court.file()

        assert (again.status_code, again.json()["code"]) == (409, "state_conflict")

    def test_of_an_old_transfer_is_refused(self, court: Court, settings: Any) -> None:
        settings.DISPUTE_WINDOW_DAYS = 0

        assert court.file().json()["code"] == "not_disputable"


class TestParties:
    def test_read_what_is_theirs(self, court: Court) -> None:
        reference = court.filed()

        for client in (court.alice, court.bob):
            assert client.get(f"{API}/disputes/{reference}").status_code == 200
            listed = client.get(f"{API}/disputes").json()["results"]
            assert [dispute["reference"] for dispute in listed] == [reference]
        stranger = client_of(person())
        assert stranger.get(f"{API}/disputes/{reference}").status_code == 404
        assert stranger.get(f"{API}/disputes").json()["results"] == []
        assert court.act(stranger, reference, "propose").status_code == 403

    def test_answer_who_is_asked_and_staff_go_on(self, court: Court) -> None:
        reference = court.filed()
        asked = court.act(court.first, reference, "ask", party="recipient", text="What for?")
        assert (asked.json()["status"], asked.json()["asked_party"]) == ("asked", "recipient")

        answer = court.act(court.bob, reference, "answer", text="Rent.").json()

        assert (answer["status"], answer["asked_party"]) == ("open", "")
        assert kinds(court.bob, reference) == ["filed", "held", "asked", "answered"]
        assert kinds(court.alice, reference) == ["filed", "held"]
        assert kinds(court.first, reference, "dispute-queue") == [
            "filed",
            "held",
            "asked",
            "answered",
        ]

    def test_hand_in_files_that_staff_see_and_the_other_side_does_not(self, court: Court) -> None:
        reference = court.filed()
        url = f"{API}/disputes/{reference}/evidence"

        made = court.alice.post(url, {"file": SimpleUploadedFile("a.pdf", PDF)}, format="multipart")

        assert made.status_code == 201, made.content
        file = made.json()["id"]
        with connection.cursor() as cursor:
            cursor.execute("SELECT sealed FROM wallets_disputeevidence WHERE id = %s", [file])
            assert b"receipt" not in bytes(cursor.fetchone()[0])
        assert court.alice.get(f"{url}/{file}").content == PDF
        assert court.bob.get(f"{url}/{file}").status_code == 404
        queue = f"{API}/dispute-queue/{reference}/evidence/{file}"
        answer = court.first.get(queue)
        assert (answer.content, answer.headers["Cache-Control"]) == (PDF, "no-store")
        read = Event.objects.get(type="dispute.evidence_read", subject=file)
        assert (read.owner_id, read.actor_id) == (court.parties.alice.id, court.judges[0].id)
        wrong = court.alice.post(
            url, {"file": SimpleUploadedFile("a.exe", b"MZ")}, format="multipart"
        )
        assert wrong.status_code == 400

    def test_withdraw_and_may_file_again(self, court: Court) -> None:
        reference = court.filed()
        assert court.act(court.bob, reference, "withdraw").status_code == 404

        response = court.act(court.alice, reference, "withdraw")

        assert (response.json()["status"], court.held()) == ("withdrawn", 0)
        assert court.act(court.alice, reference, "withdraw").status_code == 409
        assert court.filed() != reference


class TestStaff:
    def test_refund_what_is_held_and_more(self, court: Court) -> None:
        reference = court.filed()

        response = court.decided(reference, "refund")

        assert response.status_code == 200, response.content
        ended = response.json()
        assert (ended["status"], ended["refunded"]) == ("refunded", "25.50")
        assert ended["refund_reference"] == f"RFD_{reference}"
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


def sent_to(court: Court, owner: User) -> str:
    return str(court.parties.send(destination=wallet_of(owner).number).json()["reference"])
