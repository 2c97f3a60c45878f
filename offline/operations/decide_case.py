from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from events.operations import append_event
from offline import locks, queries
from offline.errors import CaseClosed, DecisionNeedsTwo
from offline.models import (
    Case,
    CaseDecision,
    CaseKind,
    CaseStatus,
    Certificate,
    Ruling,
    Voucher,
    VoucherStatus,
)
from offline.operations.open_fork import payer_wallets
from offline.operations.settle import keep, pay
from wallets.operations import OfflinePayment, Shares, allow_debits

_BECOMES = {
    Ruling.REJECT: VoucherStatus.REJECTED,
    Ruling.WRITE_OFF: VoucherStatus.WRITTEN_OFF,
}


def propose_decision(
    *, case_id: int, voucher: Voucher | None, ruling: str, note: str, actor_id: UUID, now: datetime
) -> CaseDecision:
    """Propose what becomes of a disputed voucher, or that a case is closed. Nothing happens yet.

    Raises `CaseNotFound`, and `CaseClosed` when the case or the voucher is not open to that, or
    another proposal about it waits.
    """
    case = locks.case(case_id)
    if not case.is_open or (ruling == Ruling.CLOSE) is not (voucher is None):
        raise CaseClosed
    if voucher is not None and not _is_disputed_in(voucher, case):
        raise CaseClosed("This voucher is not disputed in this case.")
    try:
        with transaction.atomic():
            decision = CaseDecision.objects.create(
                case=case,
                voucher=voucher,
                ruling=ruling,
                note=note,
                proposed_by_id=actor_id,
                proposed_at=now,
            )
    except IntegrityError:
        raise CaseClosed("A proposal about this waits for approval already.") from None
    _tell(decision, "offline.decision_proposed", actor_id)
    return decision


def approve_decision(*, decision_id: int, actor_id: UUID, now: datetime) -> CaseDecision:
    """Carry out what somebody else proposed.

    Raises `CaseNotFound`, `DecisionNeedsTwo` for one's own proposal, `CaseClosed` when the state
    has changed meanwhile, and the ledger's `InsufficientFunds` when the reserve is too small.
    """
    seen = queries.get_decision(decision_id)
    certificate = locks.certificate(seen.case.certificate_id)
    voucher = locks.voucher(seen.voucher.vid) if seen.voucher else None
    case = locks.case(seen.case_id)
    decision = locks.decision(decision_id)
    if decision.proposed_by_id == actor_id:
        raise DecisionNeedsTwo
    if decision.approved_at is not None or not case.is_open:
        raise CaseClosed
    decision.approved_by_id = actor_id
    decision.approved_at = now
    decision.save(update_fields=["approved_by", "approved_at"])
    if voucher is not None:
        _rule(decision, voucher, certificate, now)
    else:
        _close(case, certificate, now)
    _tell(decision, "offline.decision_approved", actor_id)
    return decision


def _rule(
    decision: CaseDecision, voucher: Voucher, certificate: Certificate, now: datetime
) -> None:
    if voucher.status != VoucherStatus.DISPUTED:
        raise CaseClosed("This voucher is not disputed any more.")
    if decision.ruling == Ruling.PAY_FROM_RESERVE:
        payment = OfflinePayment(
            reference=voucher.reference,
            hold_account_id=None,
            payer=certificate.wallet,
            current=None,
            payee=voucher.payee,
            shares=Shares(reserve_minor=voucher.amount_minor),
            occurred_at=voucher.made_at,
        )
        pay(payment=payment, voucher=voucher, certificate=certificate, now=now)
        return
    voucher.status = _BECOMES[Ruling(decision.ruling)]
    keep(voucher)


def _close(case: Case, certificate: Certificate, now: datetime) -> None:
    """Close a case; after the last one about a payer, their money may leave again."""
    open_vouchers = Voucher.objects.filter(certificate=certificate, status=VoucherStatus.DISPUTED)
    if case.kind == CaseKind.FORK and open_vouchers.exists():
        raise CaseClosed("Vouchers of this certificate wait for a decision.")
    case.status = CaseStatus.CLOSED
    case.closed_at = now
    case.save(update_fields=["status", "closed_at"])
    if case.kind == CaseKind.FORK and not queries.has_other_open_forks(case):
        allow_debits(payer_wallets(certificate), reason=f"case {case.pk} closed")


def _is_disputed_in(voucher: Voucher, case: Case) -> bool:
    return (
        voucher.certificate_id == case.certificate_id and voucher.status == VoucherStatus.DISPUTED
    )


def _tell(decision: CaseDecision, type_: str, actor_id: UUID) -> None:
    append_event(
        type=type_,
        subject=f"case {decision.case_id}",
        owner_id=None,
        actor_id=actor_id,
        data={
            "decision": decision.pk,
            "ruling": decision.ruling,
            "voucher": decision.voucher.vid if decision.voucher else None,
            "note": decision.note,
        },
    )
