"""What two officers decide about vouchers that nobody paid."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.tests.factories import person
from ledger import chart
from ledger.queries import chart_balance
from offline.errors import CaseClosed, DecisionNeedsTwo
from offline.models import Case, Voucher
from offline.operations import approve_decision, propose_decision
from offline.tests.books import prove
from offline.tests.copied import Copied, alice_current, copied, fund
from offline.tests.phones import API
from wallets.tests.factories import holds, wallet_of

pytestmark = pytest.mark.django_db


def reserve() -> int:
    return chart_balance(chart.offline_reserve("NGN"))


def officers() -> tuple[Any, Any]:
    return person(role="admin"), person(role="admin")


def disputed_case() -> tuple[Copied, Case, Voucher]:
    case = copied()
    case.settle(0)
    case.settle(1)
    return case, Case.objects.get(), Voucher.objects.get(status="disputed")


def decide(case: Case, voucher: Voucher | None, ruling: str) -> None:
    one, other = officers()
    with transaction.atomic():
        decision = propose_decision(
            case_id=case.pk,
            voucher=voucher,
            ruling=ruling,
            note="As agreed.",
            actor_id=one.id,
            now=timezone.now(),
        )
    with transaction.atomic():
        approve_decision(decision_id=decision.pk, actor_id=other.id, now=timezone.now())


def test_two_officers_pay_from_the_reserve_and_the_payer_owes_it() -> None:
    case, file, voucher = disputed_case()
    fund("80.00")

    decide(file, voucher, "pay_from_reserve")

    assert holds(case.shops[1].wallet) == "50.00"
    assert reserve() == 3_000
    assert chart_balance(chart.offline_receivable(case.alice.wallet.number, "NGN")) == -5_000
    result = case.shops[1].sync_one(voucher.text)
    assert (result["status"], result["duplicate"]) == ("settled", True)
    prove()


@pytest.mark.parametrize(
    ("ruling", "status"), [("reject", "rejected"), ("write_off", "written_off")]
)
def test_two_officers_may_leave_it_unpaid(ruling: str, status: str) -> None:
    case, file, voucher = disputed_case()

    decide(file, voucher, ruling)

    assert case.shops[1].sync_one(voucher.text)["status"] == status
    assert holds(case.shops[1].wallet) == "0.00"
    prove()


def test_case_closes_when_nothing_is_open_and_the_money_is_free_again() -> None:
    case, file, voucher = disputed_case()
    with pytest.raises(CaseClosed):
        decide(file, None, "close")
    one, _ = officers()
    decide(file, voucher, "reject")
    with transaction.atomic():
        approve_decision(
            decision_id=file.decisions.get(approved_at=None).pk, actor_id=one.id, now=timezone.now()
        )

    file.refresh_from_db()
    assert file.status == "closed"
    wallet_of(case.alice.owner, holding="5.00")
    body = {
        "source": alice_current(case).number,
        "destination": case.shops[0].wallet.number,
        "amount": "1.00",
    }
    assert case.alice.client.post(f"{API}/transfers", body, format="json").status_code == 201
    prove()


def test_nobody_approves_their_own_proposal() -> None:
    _, file, voucher = disputed_case()
    one, _ = officers()
    with transaction.atomic():
        decision = propose_decision(
            case_id=file.pk,
            voucher=voucher,
            ruling="reject",
            note="Mine.",
            actor_id=one.id,
            now=timezone.now(),
        )

    with pytest.raises(DecisionNeedsTwo), transaction.atomic():
        approve_decision(decision_id=decision.pk, actor_id=one.id, now=timezone.now())
    voucher.refresh_from_db()
    assert voucher.status == "disputed"
