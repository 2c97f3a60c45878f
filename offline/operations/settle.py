from __future__ import annotations

from datetime import datetime

from django.conf import settings

from events.operations import append_event
from offline import queries, terms
from offline.codes import Code
from offline.errors import ItemRefused
from offline.judgement import conflicts
from offline.messages import Settlement, read
from offline.messages import Voucher as VoucherMessage
from offline.models import Certificate, Tier, Voucher, VoucherStatus
from offline.operations.issuer import sign_as_issuer
from offline.operations.open_fork import open_fork, payer_wallets
from wallets.errors import WalletNotActive
from wallets.models import Wallet
from wallets.operations import (
    OfflinePayment,
    Shares,
    debits_let_through,
    lock_reserve,
    pay_offline,
)

_FIELDS = (
    "status",
    "code",
    "receipt",
    "request",
    "settled_at",
    "settlement",
    "from_hold_minor",
    "from_offline_minor",
    "from_current_minor",
    "from_reserve_minor",
)


def settle(*, voucher: Voucher, certificate: Certificate, now: datetime) -> Voucher:
    """Pay a voucher whole, or leave it disputed when its pockets together do not cover it.

    Call with the certificate locked. The hold pays first. What it lacks was spent twice: then
    the payer's wallets pay, and after them the reserve, as far as it guarantees for this
    certificate. Raises `ItemRefused` when the payee cannot receive.
    """
    if certificate.held_minor >= voucher.amount_minor:
        _pay(voucher, certificate, Shares(hold_minor=voucher.amount_minor), now)
        return voucher

    prove(voucher=voucher, certificate=certificate, now=now)
    recourse = _recourse_wallets(voucher, certificate)
    with debits_let_through(recourse) as available:
        shares = _shares(voucher, certificate, available)
        if shares.total_minor == voucher.amount_minor:
            _pay(voucher, certificate, shares, now, recourse)
            return voucher
    _leave_disputed(voucher)
    return voucher


def prove(*, voucher: Voucher, certificate: Certificate, now: datetime) -> Code | None:
    """Compare a voucher with all that is known of its certificate, and keep what it proves.

    Returns what a payee is told of it, None when nothing contradicts the voucher.
    """
    found = conflicts(
        read(VoucherMessage, voucher.text),
        known=[other for other in queries.known_messages(certificate) if other.vid != voucher.vid],
        certificate_vid=certificate.vid,
        closing_counter=certificate.closing_counter,
    )
    if not found:
        return None
    if not voucher.pk:
        voucher.save(force_insert=True)
    open_fork(certificate=certificate, voucher=voucher, conflicts=found, now=now)
    return found[0].code


def keep(voucher: Voucher) -> None:
    """Write what became of a voucher; the evidence of one that is there already stays as it is."""
    if not voucher.pk:
        voucher.save(force_insert=True)
    else:
        voucher.save(update_fields=_FIELDS)


def _recourse_wallets(voucher: Voucher, certificate: Certificate) -> list[Wallet]:
    if not settings.OFFLINE_RECOURSE:
        return []
    return [w for w in payer_wallets(certificate) if w.pk != voucher.payee_id]


def _shares(voucher: Voucher, certificate: Certificate, available: dict[int, int]) -> Shares:
    hold = certificate.held_minor
    lacking = voucher.amount_minor - hold
    offline = min(lacking, available.pop(certificate.wallet_id, 0))
    lacking -= offline
    current = min(lacking, sum(available.values()))
    lacking -= current
    reserve = min(lacking, guarantee_left(certificate)) if lacking else 0
    if reserve:
        reserve = min(reserve, lock_reserve(certificate.currency))
    return Shares(hold, offline, current, reserve)


def guarantee_left(certificate: Certificate) -> int:
    """Return what the reserve may still pay for a certificate, in minor units."""
    cap = terms.guarantee_cap_minor(
        attested=certificate.device.tier == Tier.ATTESTED,
        authorised_minor=certificate.authorised_minor,
        currency=certificate.currency,
    )
    return max(0, cap - certificate.guaranteed_minor)


def _pay(
    voucher: Voucher,
    certificate: Certificate,
    shares: Shares,
    now: datetime,
    recourse: list[Wallet] | None = None,
) -> None:
    others = [w for w in recourse or [] if w.pk != certificate.wallet_id]
    payment = OfflinePayment(
        reference=voucher.reference,
        hold_account_id=certificate.account_id,
        payer=certificate.wallet,
        current=others[0] if others else None,
        payee=voucher.payee,
        shares=shares,
        occurred_at=voucher.made_at,
    )
    pay(payment=payment, voucher=voucher, certificate=certificate, now=now)


def pay(
    *, payment: OfflinePayment, voucher: Voucher, certificate: Certificate, now: datetime
) -> None:
    """Move the money of a voucher, and write its settlement. Raises `ItemRefused`."""
    try:
        pay_offline(payment)
    except WalletNotActive:
        raise ItemRefused(Code.RECEIVER_INACTIVE) from None
    shares = payment.shares
    certificate.settled_minor += shares.hold_minor
    certificate.guaranteed_minor += shares.reserve_minor
    certificate.save(update_fields=["settled_minor", "guaranteed_minor"])
    voucher.from_hold_minor = shares.hold_minor
    voucher.from_offline_minor = shares.offline_minor
    voucher.from_current_minor = shares.current_minor
    voucher.from_reserve_minor = shares.reserve_minor
    voucher.status = VoucherStatus.SETTLED
    voucher.settled_at = now
    voucher.settlement = _settlement(voucher, now)
    keep(voucher)
    _tell(voucher, "offline.voucher_settled")


def _settlement(voucher: Voucher, now: datetime) -> str:
    message = Settlement(
        issuer=settings.PURSER_ORIGIN,
        voucher_vid=voucher.vid,
        transaction=str(voucher.transaction_id),
        status="settled",
        amount_minor=voucher.amount_minor,
        currency=voucher.currency,
        payer=voucher.payer.number,
        payee=voucher.payee.number,
        issued_at=int(now.timestamp()),
    )
    return sign_as_issuer(message, now=now).text


def _leave_disputed(voucher: Voucher) -> None:
    voucher.status = VoucherStatus.DISPUTED
    voucher.code = Code.UNCOVERED
    keep(voucher)
    _tell(voucher, "offline.voucher_uncovered")


def _tell(voucher: Voucher, type_: str) -> None:
    append_event(
        type=type_,
        subject=str(voucher.transaction_id),
        owner_id=voucher.payee.owner_id,
        data={
            "vid": voucher.vid,
            "amount": voucher.amount.decimal_string(),
            "currency": voucher.currency,
            "payer": voucher.payer.number,
            "payee": voucher.payee.number,
        },
    )
