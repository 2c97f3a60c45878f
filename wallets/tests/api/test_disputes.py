"""Disputes as the parties see them."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from accounts.tests.factories import client_of, person
from events.models import Event
from wallets.models import Dispute, Hold
from wallets.tests.api.court import API, Court, kinds
from wallets.tests.api.parties import Parties
from wallets.tests.factories import wallet_of

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 a receipt"


@pytest.fixture
def court(parties: Parties) -> Court:
    return Court(parties)


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
