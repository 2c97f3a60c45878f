from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from events.operations import append_event
from payments import locks
from payments.errors import PayoutNotPending, PayoutNotUnknown, VoteNotYours
from payments.judgement import PayoutFinding, PayoutJudgement
from payments.models import Payout, PayoutVote
from payments.operations.conclude_payout import act_on, end_unpaid

Verdict = PayoutVote.Verdict

# So long a provider has to say itself how a payout ended.
PEOPLE_AFTER = timedelta(hours=1)
_SETTLING = (Verdict.PAID, Verdict.UNPAID)
_WANTED = 2


def vote_on_payout(
    *, payout_id: int, voter_id: UUID, verdict: PayoutVote.Verdict, note: str, at: datetime
) -> Payout:
    """Say one's part about a payout: approve or reject one that waits for approval, or how one
    ended of which the provider does not tell.

    With the last approval that it needs, it goes to the workers; one rejection ends it. Two
    people who say the same of how it ended settle it so. Raises `PayoutNotPending`,
    `PayoutNotUnknown`, and `VoteNotYours` for its owner and for who has said so before.
    """
    with transaction.atomic():
        payout = locks.payout(payout_id)
        _check(payout, voter_id, verdict, at)
        PayoutVote.objects.create(
            payout=payout, verdict=verdict, voter_id=voter_id, note=note, voted_at=at
        )
        append_event(
            type="payout.voted",
            subject=payout.reference,
            owner_id=None,
            actor_id=voter_id,
            data={"verdict": verdict, "note": note},
        )
        if verdict in _SETTLING:
            _settle(payout, verdict, at)
        else:
            _approve(payout, verdict, at)
    return payout


def _check(payout: Payout, voter_id: UUID, verdict: PayoutVote.Verdict, at: datetime) -> None:
    if payout.owner_id == voter_id:
        raise VoteNotYours
    said = {verdict} if verdict not in _SETTLING else set(_SETTLING)
    if payout.votes.filter(voter_id=voter_id, verdict__in=said).exists():
        raise VoteNotYours("You have said so before: another person has to.")
    if verdict in _SETTLING:
        if payout.status != Payout.Status.PROCESSING or payout.age(at) < (
            PEOPLE_AFTER.total_seconds()
        ):
            raise PayoutNotUnknown(payout.reference)
        return
    waits = payout.approvals_needed and payout.next_step_at is None
    if payout.status != Payout.Status.PENDING or not waits:
        raise PayoutNotPending(payout.reference, payout.status)


def _approve(payout: Payout, verdict: PayoutVote.Verdict, at: datetime) -> None:
    if verdict == Verdict.REJECT:
        end_unpaid(payout, Payout.Status.CANCELLED, "rejected", at)
    elif payout.votes.filter(verdict=verdict).count() >= payout.approvals_needed:
        payout.next_step_at = at
        payout.save(update_fields=["next_step_at"])


def _settle(payout: Payout, verdict: PayoutVote.Verdict, at: datetime) -> None:
    if payout.votes.filter(verdict=verdict).count() < _WANTED:
        return
    payout.settled_by = Payout.SettledBy.PEOPLE
    payout.mismatch = ""
    finding = PayoutFinding.SUCCEEDED if verdict == Verdict.PAID else PayoutFinding.FAILED
    act_on(payout, PayoutJudgement(finding, f"declared_{verdict}"), at)
