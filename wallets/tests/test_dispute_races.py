"""Disputes that two decide at once, beside reversals, and past their deadlines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from accounts.api.transactions import in_transaction
from accounts.tests.factories import client_of, person
from ledger.errors import LedgerRefusal
from ledger.money import Money
from ledger.operations.verify import run_checks
from wallets.checks import WALLET_CHECKS
from wallets.errors import WalletRefusal
from wallets.models import Dispute, DisputeStep, Transfer
from wallets.operations import (
    DisputeOrder,
    DisputeProposal,
    ReversalOrder,
    approve_dispute,
    ask_party,
    escalate_disputes,
    file_dispute,
    propose_dispute,
    reverse_transfer,
    turn_down_dispute,
    withdraw_dispute,
)
from wallets.tests.factories import holds, wallet_of
from wallets.tests.test_concurrency import at_once, send

pytestmark = pytest.mark.usefixtures("committed_db")


class Case:
    """Alice sent 60.00 of her 100.00 to Bob, and disputes it."""

    def __init__(self) -> None:
        self.alice, self.bob = person(), person()
        self.source, self.target = wallet_of(self.alice, holding="100.00"), wallet_of(self.bob)
        reference = send(client_of(self.alice), self.source, self.target, "60.00").json()
        self.transfer = Transfer.objects.get(entry__reference=reference["reference"])
        self.judges = [person(role="staff"), person(role="staff")]
        self.dispute: Dispute = in_transaction(self.file)

    def file(self) -> Dispute:
        return file_dispute(
            order=DisputeOrder(
                sender_id=self.alice.id,
                transfer=self.transfer.entry.reference,
                reason="unauthorised",
                text="Not me.",
                reference=f"DSP_{self.source.number}",
                at=timezone.now(),
            )
        )

    def propose(self, outcome: str = "refund") -> None:
        proposal = DisputeProposal(self.judges[0].id, outcome, "Clear.", timezone.now())
        in_transaction(lambda: propose_dispute(dispute=self.dispute, proposal=proposal))

    def approve(self) -> Any:
        return approve_dispute(dispute=self.dispute, actor_id=self.judges[1].id, at=timezone.now())

    def turn_down(self) -> Any:
        return turn_down_dispute(
            dispute=self.dispute, actor_id=self.judges[1].id, reason="No.", at=timezone.now()
        )

    def withdraw(self) -> Any:
        return withdraw_dispute(dispute=self.dispute, person_id=self.alice.id, at=timezone.now())

    def reverse(self, number: int) -> Any:
        order = ReversalOrder(
            reference=f"REV_{self.source.number}_{number}",
            at=timezone.now(),
            reason="a mistake",
            amount=Money.of("60.00", "NGN"),
        )
        return reverse_transfer(transfer=self.transfer, order=order)

    def money(self) -> tuple[str, str]:
        return holds(self.source), holds(self.target)


def told(work: Callable[[], Any]) -> str:
    try:
        in_transaction(work)
    except (WalletRefusal, LedgerRefusal) as refusal:
        return refusal.code
    return "done"


def race(*works: Callable[[], Any]) -> list[str]:
    """Do these at once, and return what became of each."""
    return at_once(len(works), lambda number: told(works[number]))


def sound() -> bool:
    return all(finding.ok for finding in run_checks(WALLET_CHECKS))


def test_one_approval_of_twelve_pays() -> None:
    case = Case()
    case.propose()

    found = at_once(12, lambda _n: told(case.approve))

    assert Counter(found) == {"done": 1, "dispute_closed": 11}
    assert case.money() == ("100.00", "0.00")
    assert sound()


def test_approved_or_turned_down_but_not_both() -> None:
    for _round in range(5):
        case = Case()
        case.propose()

        approved, turned_down = race(case.approve, case.turn_down)

        assert (approved == "done") != (turned_down == "done")
        case.dispute.refresh_from_db()
        assert case.dispute.status == ("refunded" if approved == "done" else "open")


def test_refund_and_reversal_together_give_back_once() -> None:
    for _round in range(5):
        case = Case()
        case.propose()

        reversals = [partial(case.reverse, number) for number in range(3)]
        found = race(case.approve, *reversals)

        # What is held is not there for a reversal until the dispute ends.
        assert found[0] == "done", found
        assert "done" not in found[1:]
        assert case.money() == ("100.00", "0.00")
    assert sound()


def test_nobody_withdraws_what_is_being_decided() -> None:
    case = Case()
    case.propose("reject")

    assert told(case.withdraw) == "dispute_closed"
    assert told(case.approve) == "done"


def test_twelve_disputes_about_one_transfer_are_one() -> None:
    case = Case()
    told(case.withdraw)
    case.dispute.refresh_from_db()

    def again(number: int) -> str:
        order = DisputeOrder(
            sender_id=case.alice.id,
            transfer=case.transfer.entry.reference,
            reason="unauthorised",
            text="Not me.",
            reference=f"DSP_{case.source.number}_{number}",
            at=timezone.now(),
        )
        return told(lambda: file_dispute(order=order))

    found = at_once(12, again)

    assert Counter(found) == {"done": 1, "dispute_exists": 11}
    assert sound()


def test_deadlines_hand_on_once_what_nobody_did() -> None:
    case = Case()
    in_transaction(
        lambda: ask_party(
            dispute=case.dispute,
            actor_id=case.judges[0].id,
            party="recipient",
            text="What for?",
            at=timezone.now(),
        )
    )
    soon, later = timezone.now() + timedelta(days=8), timezone.now() + timedelta(days=30)

    def steps() -> list[str]:
        found = DisputeStep.objects.filter(dispute=case.dispute, kind="escalated")
        return list(found.order_by("id").values_list("text", flat=True))

    escalate_disputes(now=timezone.now())
    assert steps() == []
    at_once(4, lambda _n: escalate_disputes(now=soon))
    case.dispute.refresh_from_db()
    assert (case.dispute.status, steps()) == (
        "open",
        ["The recipient did not answer in time."],
    )
    for _ in range(2):
        escalate_disputes(now=later)
    assert steps()[1:] == ["Not decided in time."]
