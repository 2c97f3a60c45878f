from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from uuid import UUID

from events.operations import append_event
from offline import judgement, locks, queries, terms
from offline.codes import Code
from offline.errors import CertificateNotFound, ItemRefused
from offline.evidence import Item, checked_receipt, checked_request
from offline.messages import Certificate as CertificateMessage
from offline.messages import Receipt, Signed, read
from offline.messages import Voucher as VoucherMessage
from offline.models import Certificate, Voucher, VoucherStatus
from offline.operations.reclaim_certificate import void
from offline.operations.settle import keep, prove, settle
from wallets.models import Wallet, WalletStatus
from wallets.queries import find_wallet


class Side(Enum):
    """Who brings a voucher."""

    PAYER = "payer"
    PAYEE = "payee"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a voucher; `duplicate` when it had become that before."""

    voucher: Voucher
    duplicate: bool


@dataclass(frozen=True, slots=True)
class _Brought:
    """A voucher that its device did sign, by whom it is brought, and with what."""

    message: Signed[VoucherMessage]
    side: Side
    payee: Wallet | None
    item: Item
    now: datetime


def accept_voucher(*, owner_id: UUID, item: Item, now: datetime) -> Outcome:
    """Take one voucher from its payer or payee, and do what follows, once for ever.

    The payee's word, or the payee's receipt, settles it; the payer's alone leaves it pending.
    Whoever brings it again is told the same again. Raises `ItemRefused`, `Malformed` and
    `BadSignature` for what leaves no trace. Must run inside a transaction of its own.
    """
    message = read(VoucherMessage, item.voucher)
    jti = message.body.certificate_id
    try:
        facts = queries.certificate_facts(jti)
    except CertificateNotFound:
        raise ItemRefused(Code.UNKNOWN_CERTIFICATE) from None
    message.verify(facts.key)
    payee = find_wallet(message.body.payee)
    brought = _Brought(message, _side(owner_id, facts.owner_id, payee), payee, item, now)

    certificate = locks.certificate(jti)
    stored = locks.voucher(message.vid)
    if stored is None:
        return _first_time(brought, certificate, facts.terms)
    stored.payer = certificate.wallet
    return _again(brought, certificate, stored)


def transaction_id(vid: str) -> UUID:
    """Return the id of the payment that a voucher makes: the same one whoever asks, a UUIDv8."""
    digest = bytearray(hashlib.sha256(vid.encode()).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    return UUID(bytes=bytes(digest))


def _side(owner_id: UUID, payer_id: UUID, payee: Wallet | None) -> Side:
    if payee is not None and payee.owner_id == owner_id:
        return Side.PAYEE
    if payer_id == owner_id:
        return Side.PAYER
    raise ItemRefused(Code.NOT_PARTY)


def _again(brought: _Brought, certificate: Certificate, stored: Voucher) -> Outcome:
    if not stored.is_pending:
        return Outcome(stored, duplicate=True)
    if brought.now > certificate.submit_until:
        void(stored)
        return Outcome(stored, duplicate=False)
    receipt = checked_receipt(brought.item.receipt, brought.message)
    if brought.side is Side.PAYER and receipt is None:
        return Outcome(stored, duplicate=True)
    stored.request = stored.request or checked_request(brought.item.request, brought.message)
    stored.receipt = receipt.text if receipt else ""
    if _accepted_after_revocation(brought.message, receipt, certificate):
        raise ItemRefused(Code.REVOKED_BEFORE_ACCEPTANCE)
    return Outcome(
        settle(voucher=stored, certificate=certificate, now=brought.now), duplicate=False
    )


def _first_time(
    brought: _Brought, certificate: Certificate, allowed: CertificateMessage
) -> Outcome:
    message, item, now = brought.message, brought.item, brought.now
    flaw = judgement.flaw(message, allowed)
    if flaw is not None:
        return _reject(brought, certificate, flaw)
    if judgement.is_future_dated(message.body, now=int(now.timestamp())):
        raise ItemRefused(Code.FUTURE_DATED)
    _check_receiver(brought.payee, message.body.currency)
    request = checked_request(item.request, message)
    receipt = checked_receipt(item.receipt, message)
    if certificate.is_reclaimed or now > certificate.submit_until:
        return _reject(brought, certificate, Code.LATE)
    if _accepted_after_revocation(message, None, certificate):
        return _reject(brought, certificate, Code.REVOKED_BEFORE_ACCEPTANCE)
    if _accepted_after_revocation(message, receipt, certificate):
        raise ItemRefused(Code.REVOKED_BEFORE_ACCEPTANCE)

    voucher = _voucher(brought, certificate)
    voucher.request, voucher.receipt = request, receipt.text if receipt else ""
    conflict = prove(voucher=voucher, certificate=certificate, now=now)
    voucher.code = conflict or ""
    if brought.side is Side.PAYER and receipt is None:
        return Outcome(_leave_pending(voucher), duplicate=False)
    return Outcome(settle(voucher=voucher, certificate=certificate, now=now), duplicate=False)


def _check_receiver(payee: Wallet | None, currency: str) -> None:
    if payee is None or payee.status != WalletStatus.ACTIVE:
        raise ItemRefused(Code.RECEIVER_INACTIVE)
    if payee.currency != currency:
        raise ItemRefused(Code.WRONG_CURRENCY)


def _accepted_after_revocation(
    message: Signed[VoucherMessage], receipt: Signed[Receipt] | None, certificate: Certificate
) -> bool:
    """Whether the payee could have known that the device was revoked."""
    revoked_at = certificate.device.revoked_at
    if revoked_at is None:
        return False
    accepted = max(message.body.issued_at, receipt.body.issued_at if receipt else 0)
    return accepted > (revoked_at + terms.REVOCATION_SPREADS).timestamp()


def _voucher(brought: _Brought, certificate: Certificate) -> Voucher:
    message = brought.message
    body = message.body
    return Voucher(
        vid=message.vid,
        transaction_id=transaction_id(message.vid),
        certificate=certificate,
        payer=certificate.wallet,
        payee=brought.payee,
        payee_did=body.payee_device,
        counter=body.counter,
        amount_minor=body.amount_minor,
        cumulative_minor=body.cumulative_minor,
        currency=certificate.currency,
        made_at=datetime.fromtimestamp(body.issued_at, UTC),
        text=message.text,
        received_at=brought.now,
        status=VoucherStatus.PENDING,
    )


def _reject(brought: _Brought, certificate: Certificate, code: Code) -> Outcome:
    """Bind a refusal to the voucher for ever: it follows from what the voucher itself says."""
    if brought.payee is None or not _storable(brought.message.body):
        raise ItemRefused(code)
    voucher = _voucher(brought, certificate)
    voucher.status, voucher.code = VoucherStatus.REJECTED, code
    keep(voucher)
    append_event(
        type="offline.voucher_rejected",
        subject=str(voucher.transaction_id),
        owner_id=certificate.wallet.owner_id,
        data={"vid": voucher.vid, "code": code},
    )
    return Outcome(voucher, duplicate=False)


def _storable(body: VoucherMessage) -> bool:
    """Whether a database can say when it was made."""
    return 0 <= body.issued_at < 4_102_444_800  # the year 2100


def _leave_pending(voucher: Voucher) -> Voucher:
    keep(voucher)
    append_event(
        type="offline.voucher_pending",
        subject=str(voucher.transaction_id),
        owner_id=voucher.payee.owner_id,
        data={"vid": voucher.vid, "amount": voucher.amount.decimal_string()},
    )
    return voucher
