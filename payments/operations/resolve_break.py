"""How a break ends: proposed by one person, and posted when another agrees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from events import causes
from events.operations import append_event
from ledger import chart
from ledger.chart import ChartAccount
from ledger.entries import Entry, Line
from ledger.operations import post
from payments import locks, references
from payments.breaks import Cause, State
from payments.errors import NoProposal, NotBroken, ProposalOpen, VoteNotYours
from payments.models import ReconciliationLine, ReconciliationProposal
from wallets.operations.receive import shard_of

Against, Status = ReconciliationProposal.Against, ReconciliationProposal.Status


@dataclass(frozen=True, slots=True)
class Resolution:
    """How somebody thinks that a break is resolved, and why.

    `against` is where the money is, or came from: adjustments, our bank (the provider settled),
    or what the provider costs us. `seen_minor` is the difference that was looked at.
    """

    against: ReconciliationProposal.Against
    seen_minor: int
    note: str
    actor_id: UUID
    at: datetime
    entropy: int


def propose_resolution(*, line_id: int, resolution: Resolution) -> ReconciliationProposal:
    """Propose how a break is resolved; nothing happens until somebody else approves it.

    Raises `NotBroken`, also when the difference is another one than was seen, `ProposalOpen`,
    and `UnknownCurrency` where we keep no books in it.
    """
    with transaction.atomic():
        line, proposal = locks.break_with_proposal(line_id)
        if line.state == State.MATCHED or line.difference_minor != resolution.seen_minor:
            raise NotBroken(line.key)
        if proposal is not None:
            raise ProposalOpen(line.key)

        proposal = ReconciliationProposal.objects.create(
            line=line,
            reference=references.adjustment_reference(at=resolution.at, entropy=resolution.entropy),
            amount_minor=line.difference_minor,
            against=resolution.against,
            note=resolution.note,
            proposed_by_id=resolution.actor_id,
            proposed_at=resolution.at,
        )
        _tell(proposal, "reconciliation.proposed", resolution.actor_id)
    return proposal


def approve_resolution(*, line_id: int, actor_id: UUID, at: datetime) -> ReconciliationProposal:
    """Do as somebody else proposed: one entry makes our account with the provider say what the
    provider says.

    Raises `NoProposal`, `VoteNotYours` for who proposed it, and `NotBroken` when the difference
    has changed since.
    """
    with transaction.atomic():
        line, proposal = _take(line_id)
        if proposal.proposed_by_id == actor_id:
            raise VoteNotYours
        if line.difference_minor != proposal.amount_minor:
            raise NotBroken(line.key)

        _decide(proposal, Status.APPROVED, actor_id, at)
        _post(line, proposal, actor_id, at)
        line.adjusted_minor += proposal.amount_minor
        line.state, line.cause = State.MATCHED, Cause.NONE
        line.save(update_fields=["adjusted_minor", "state", "cause"])
        _tell(proposal, "reconciliation.adjusted", actor_id)
    return proposal


def turn_down_resolution(*, line_id: int, actor_id: UUID, at: datetime) -> ReconciliationProposal:
    """Turn a proposal down, or take one's own back; the break stays. Raises `NoProposal`."""
    with transaction.atomic():
        _, proposal = _take(line_id)
        _decide(proposal, Status.TURNED_DOWN, actor_id, at)
        _tell(proposal, "reconciliation.turned_down", actor_id)
    return proposal


def _take(line_id: int) -> tuple[ReconciliationLine, ReconciliationProposal]:
    line, proposal = locks.break_with_proposal(line_id)
    if proposal is None:
        raise NoProposal(line.key)
    return line, proposal


def _decide(proposal: ReconciliationProposal, status: str, actor_id: UUID, at: datetime) -> None:
    proposal.status, proposal.decided_by_id, proposal.decided_at = status, actor_id, at
    proposal.save(update_fields=["status", "decided_by", "decided_at"])


def _post(
    line: ReconciliationLine, proposal: ReconciliationProposal, actor_id: UUID, at: datetime
) -> None:
    # What we own stands negative: what the provider has more than we knew is a debit.
    clearing = chart.clearing(line.provider, line.currency)
    minor = proposal.amount_minor
    post(
        Entry(
            reference=proposal.reference,
            kind="adjustment",
            lines=(
                Line(shard_of(clearing), -minor, "adjustment"),
                Line(shard_of(_account(line, proposal.against)), minor, "adjustment"),
            ),
            occurred_at=at,
            actor_id=actor_id,
            request_id=causes.current().request_id,
            metadata={"key": line.key, "note": proposal.note},
        )
    )


def _account(line: ReconciliationLine, against: str) -> ChartAccount:
    match against:
        case Against.BANK:
            return chart.bank("main", line.currency)
        case Against.COSTS:
            return chart.provider_costs(line.provider, line.currency)
        case _:
            return chart.adjustments(line.currency)


def _tell(proposal: ReconciliationProposal, type_: str, actor_id: UUID) -> None:
    append_event(
        type=type_,
        subject=proposal.reference,
        owner_id=None,
        actor_id=actor_id,
        data={
            "key": proposal.line.key,
            "currency": proposal.line.currency,
            "amount_minor": proposal.amount_minor,
            "against": proposal.against,
        },
    )
