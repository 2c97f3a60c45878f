from __future__ import annotations

import pytest
from django.db.models import F

from payments.models import Deposit, ReconciliationProposal
from payments.simulators.models import SimulatedPayment
from payments.tests.conftest import Simulator
from payments.tests.reconciling import compare, paid, stored
from payments.tests.test_admin import logged_in
from payments.tests.test_payout_admin import act, proved
from wallets.models import Wallet

LINES, RUNS = "/admin/payments/reconciliationline/", "/admin/payments/reconciliationrun/"


@pytest.fixture
def deposit(simulator: Simulator, wallet: Wallet) -> Deposit:
    deposit = paid(wallet, simulator)
    rows = SimulatedPayment.objects.filter(reference=deposit.provider_reference)
    rows.update(fees_minor=F("fees_minor") + 100)
    compare(deposit)
    return deposit


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", True),
        ("?queue=broken", True),
        ("?queue=proposed", False),
        ("?state=missing_here", False),
        ("?cause=fee_difference", True),
    ],
)
def test_lists_breaks(deposit: Deposit, query: str, *, shown: bool) -> None:
    page = logged_in("staff").get(LINES + query)

    assert page.status_code == 200
    assert (deposit.reference in page.text) is shown
    assert logged_in("staff").get(RUNS).status_code == 200


def test_two_of_staff_resolve_one(deposit: Deposit) -> None:
    line = stored(deposit)
    ann, ben = logged_in("staff"), logged_in("staff")

    assert "Nothing is posted" in act(ann, "propose", line, at=LINES)
    body = {
        "action": "propose",
        "_selected_action": [line.pk],
        "against": "costs",
        "note": "as their invoice says",
    }
    assert "noted" in ann.post(LINES, body, follow=True).text
    assert deposit.reference in ben.get(f"{LINES}?queue=proposed").text
    assert "Another person" in act(proved(ann), "approve", line, at=LINES)
    assert "too old" in act(ben, "approve", line, at=LINES)
    assert "noted" in act(proved(ben), "approve", line, at=LINES)

    line.refresh_from_db()
    assert line.state == "matched"
    page = ben.get(f"{LINES}{line.pk}/change/")
    assert "as their invoice says" in page.text


def test_staff_turn_a_proposal_down(deposit: Deposit) -> None:
    line = stored(deposit)
    ann = logged_in("staff")
    body = {"action": "propose", "_selected_action": [line.pk], "against": "bank", "note": "-"}
    ann.post(LINES, body, follow=True)

    assert "noted" in act(ann, "turn_down", line, at=LINES)

    assert ReconciliationProposal.objects.get(line=line).status == "turned_down"
    line.refresh_from_db()
    assert line.state == "different"
