"""One page says everything that happened to a payment, and nothing that nobody should read."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from payments.models import Conversation, Deposit
from payments.operations.keep_conversation import HIDDEN, redacted
from payments.tests.conftest import Simulator
from payments.tests.factories import charge_success, start
from payments.tests.payouts import GOOD, ask_for, beneficiary_of, fund, let_happen, send, settle
from payments.tests.payouts import take_in as take_in_webhook
from payments.tests.reconciling import paid
from payments.tests.test_admin import logged_in
from payments.timeline import timeline
from wallets.models import Wallet


@pytest.fixture
def deposit(simulator: Simulator, wallet: Wallet) -> Deposit:
    deposit = paid(wallet, simulator, told=False)
    take_in_webhook(charge_success(deposit.provider_reference), timezone.now())
    deposit.refresh_from_db()
    assert deposit.status == "completed"
    return deposit


def test_tells_a_deposit_from_asking_to_crediting_in_one_query(deposit: Deposit) -> None:
    with CaptureQueriesContext(connection) as queries:
        moments = timeline(deposit)

    assert len(queries) == 1
    assert [moment.at for moment in moments] == sorted(moment.at for moment in moments)
    kinds = {moment.kind for moment in moments}
    assert kinds == {"request", "response", "webhook", "job", "posting", "event"}
    told = [moment.what for moment in moments]
    assert "deposit.completed" in told
    assert f"deposit {deposit.reference}" in told
    assert f"provider_fee {deposit.reference}:fee" in told
    questions = [moment.what for moment in moments if moment.kind == "request"]
    assert questions[0].startswith("create_checkout POST /transaction/initialize")
    assert questions[-1].startswith("verify_payment GET /transaction/verify/")
    assert any(f"{deposit.wallet.number}" in moment.detail for moment in moments)


def test_tells_a_payout(origin: str, alice: User, wallet: Wallet) -> None:
    fund(wallet)
    payout = send(ask_for(wallet, beneficiary_of(alice.pk)))
    let_happen()
    settle(payout)

    told = [(moment.kind, moment.what.split(" ")[0]) for moment in timeline(payout)]

    assert ("request", "send_payout") in told
    assert ("request", "verify_payout") in told
    assert ("posting", "payout") in told
    assert ("event", "payout.completed") in told


def test_keeps_an_answer_that_never_came(simulator: Simulator, wallet: Wallet) -> None:
    deposit = paid(wallet, simulator, told=False)
    simulator.set_faults(error=1)
    take_in_webhook(charge_success(deposit.provider_reference), timezone.now())

    kept = Conversation.objects.filter(reference=deposit.provider_reference).latest("id")

    assert (kept.status, kept.problem) == (None, "http_502")


def test_keeps_nothing_that_names_somebody(deposit: Deposit, alice: User) -> None:
    beneficiary_of(alice.pk)
    kept = "".join(f"{row.path}{row.request}{row.response}" for row in Conversation.objects.all())

    assert "alice@example.com" not in kept
    assert GOOD not in kept
    assert "sk_test" not in kept
    assert deposit.authorization_url not in kept


def test_hides_every_field_that_it_does_not_know() -> None:
    body = {"status": "ok", "email": "a@b.c", "data": {"amount": 5, "name": "A", "x\0": [1]}}

    assert redacted(body) == {
        "status": "ok",
        "email": HIDDEN,
        "data": {"amount": 5, "name": HIDDEN, "x": HIDDEN},
    }
    assert redacted(None) == redacted([body]) == {}


def test_what_was_said_never_changes(deposit: Deposit) -> None:
    rows = Conversation.objects.filter(reference=deposit.provider_reference)

    for forbidden in (lambda: rows.update(status=200), rows.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            forbidden()


def test_staff_read_the_page_and_nobody_else(deposit: Deposit, wallet: Wallet) -> None:
    address = f"/admin/payments/deposit/{deposit.pk}/timeline/"

    page = logged_in("staff").get(address)
    assert page.status_code == 200
    assert "deposit.completed" in page.text
    assert deposit.authorization_url not in page.text
    assert address in logged_in("staff").get(address.replace("timeline", "change")).text
    assert logged_in("user").get(address).status_code == 302
    assert logged_in("staff").get("/admin/payments/payout/999999999/timeline/").status_code == 404
    assert (
        "Nothing"
        not in logged_in("staff").get(f"/admin/payments/deposit/{start(wallet).pk}/timeline/").text
    )
