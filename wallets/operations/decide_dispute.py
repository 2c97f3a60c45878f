"""How a dispute ends: proposed by one of the staff, approved or turned down by another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from ledger.money import Money, currency
from wallets import locks
from wallets.errors import (
    CurrencyMismatch,
    DisputeNeedsTwo,
    DisputeProposalOpen,
    NoDisputeProposal,
    NotDisputable,
)
from wallets.models import Dispute, DisputeDecision, DisputeStatus, DisputeStep
from wallets.operations.dispute_steps import lock_as_staff, move, note, tell
from wallets.operations.release_hold import release_hold
from wallets.operations.reverse_transfer import ReversalOrder, reverse_transfer
from wallets.operations.stop_debits import debits_let_through

REFUND, REJECT = DisputeDecision.Outcome.REFUND, DisputeDecision.Outcome.REJECT


@dataclass(frozen=True, slots=True)
class DisputeProposal:
    """How somebody of the staff thinks that a dispute should end, and why.

    To refund without an `amount` is to refund all that is disputed.
    """

    actor_id: UUID
    outcome: str
    reason: str
    at: datetime
    amount: Money | None = None


def propose_dispute(*, dispute: Dispute, proposal: DisputeProposal) -> DisputeDecision:
    """Propose how a dispute should end; nothing happens until somebody else approves it.

    Must run inside a transaction. Raises `DisputeClosed`, `OwnDispute`, `DisputeProposalOpen`,
    `CurrencyMismatch`, and `NotDisputable` for more than is disputed.
    """
    locked = lock_as_staff(dispute, proposal.actor_id)
    minor = _amount(locked, proposal)
    try:
        with transaction.atomic():
            decision = DisputeDecision.objects.create(
                dispute=locked,
                outcome=proposal.outcome,
                amount_minor=minor,
                reason=proposal.reason,
                proposed_by_id=proposal.actor_id,
                proposed_at=proposal.at,
            )
    except IntegrityError as error:
        if "dispute_has_one_open_proposal" not in str(error):
            raise
        raise DisputeProposalOpen from None
    text = f"{proposal.outcome}: {proposal.reason}"
    note(
        locked,
        DisputeStep.Kind.PROPOSED,
        at=proposal.at,
        actor_id=proposal.actor_id,
        shown_to="staff",
        text=text,
    )
    return decision


def approve_dispute(*, dispute: Dispute, actor_id: UUID, at: datetime) -> Dispute:
    """End a dispute as somebody else proposed, and give the money back where that is how.

    What was held is released, and paid back in the same instant; what the recipient has besides
    pays the rest, also from a frozen wallet. All reversals of a transfer together are at most
    the transfer. Must run inside a transaction. Raises `DisputeClosed`, `OwnDispute`,
    `NoDisputeProposal`, `DisputeNeedsTwo`, the ledger's `InsufficientFunds`, and what
    `reverse_transfer` raises.
    """
    locked, decision = _lock_proposal(dispute, actor_id)
    if decision.proposed_by_id == actor_id:
        raise DisputeNeedsTwo

    _decide(decision, DisputeDecision.Status.APPROVED, actor_id=actor_id, at=at)
    if decision.outcome == REFUND:
        _refund(locked, decision, actor_id=actor_id, at=at)
        kind = DisputeStep.Kind.REFUNDED
    else:
        _release(locked, at=at, outcome=decision.outcome)
        move(locked, DisputeStatus.REJECTED, asked_party="", due_at=None, closed_at=at)
        kind = DisputeStep.Kind.REJECTED
    note(locked, kind, at=at, actor_id=actor_id, shown_to="both", text=decision.reason)
    tell(
        locked,
        "dispute.resolved",
        locked.sender_id,
        locked.recipient_id,
        outcome=str(locked.status),
    )
    return locked


def turn_down_dispute(*, dispute: Dispute, actor_id: UUID, reason: str, at: datetime) -> Dispute:
    """Turn a proposal down, or take one's own back; the dispute stays open.

    Must run inside a transaction. Raises `DisputeClosed`, `OwnDispute`, `NoDisputeProposal`.
    """
    locked, decision = _lock_proposal(dispute, actor_id)
    _decide(decision, DisputeDecision.Status.TURNED_DOWN, actor_id=actor_id, at=at)
    note(
        locked,
        DisputeStep.Kind.TURNED_DOWN,
        at=at,
        actor_id=actor_id,
        shown_to="staff",
        text=reason,
    )
    return locked


def _amount(dispute: Dispute, proposal: DisputeProposal) -> int:
    if proposal.outcome == REJECT:
        return 0
    if proposal.amount is None:
        return dispute.amount_minor
    if proposal.amount.currency.code != dispute.currency:
        raise CurrencyMismatch
    if proposal.amount.amount_minor > dispute.amount_minor:
        raise NotDisputable("This is more than what is disputed.")
    return proposal.amount.amount_minor


def _lock_proposal(dispute: Dispute, actor_id: UUID) -> tuple[Dispute, DisputeDecision]:
    locked = lock_as_staff(dispute, actor_id)
    decision = locks.open_proposal(locked)
    if decision is None:
        raise NoDisputeProposal
    return locked, decision


def _decide(
    decision: DisputeDecision, status: DisputeDecision.Status, *, actor_id: UUID, at: datetime
) -> None:
    decision.status, decision.decided_by_id, decision.decided_at = status, actor_id, at
    decision.save(update_fields=["status", "decided_by", "decided_at"])


def _refund(dispute: Dispute, decision: DisputeDecision, *, actor_id: UUID, at: datetime) -> None:
    # As a reversal does, the transfer before the wallets and their accounts.
    transfer = locks.lock_transfer(dispute.transfer)
    if transfer.destination is None:
        raise NotDisputable
    reference = f"RVS_{dispute.reference}"
    with debits_let_through([transfer.destination]):
        _release(dispute, at=at, outcome=decision.outcome)
        reverse_transfer(
            transfer=transfer,
            order=ReversalOrder(
                reference=reference,
                amount=Money(decision.amount_minor, currency(dispute.currency)),
                reason=f"dispute {dispute.reference}",
                actor_id=actor_id,
                at=at,
            ),
        )
    move(
        dispute,
        DisputeStatus.REFUNDED,
        asked_party="",
        due_at=None,
        closed_at=at,
        refunded_minor=decision.amount_minor,
        refund_reference=reference,
    )


def _release(dispute: Dispute, *, at: datetime, outcome: str) -> None:
    if dispute.hold is not None:
        release_hold(hold=dispute.hold, at=at, reason=f"dispute decided: {outcome}")
