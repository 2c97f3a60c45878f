from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from events.operations import append_event
from ledger.errors import CurrencyMismatch
from ledger.money import Money
from offline import locks, names, queries, terms
from offline.errors import CertificateActive, DeviceNotActive, DeviceNotFound, LimitExceeded
from offline.messages import Certificate as CertificateMessage
from offline.messages import Limits, Signed, base64url
from offline.models import Certificate, CertificateStatus, Device, Tier
from offline.operations.issuer import sign_as_issuer
from wallets.operations import set_aside


@dataclass(frozen=True, slots=True)
class _Term:
    """From when to when a certificate pays, and until when its vouchers are taken."""

    not_before: datetime
    expires_at: datetime
    submit_until: datetime


def issue_certificate(*, did: str, owner_id: object, amount: Money, now: datetime) -> Certificate:
    """Set money aside for a device and sign what it may do with it; zero is for receiving only.

    Raises `DeviceNotFound`, `DeviceNotActive`, `CertificateActive`, `LimitExceeded`,
    `CurrencyMismatch`, and what `wallets.operations.set_aside` raises.
    """
    device = locks.device(did=did)
    _check(device, owner_id, amount, now)
    limits = _limits(device, amount, now)

    jti = base64url.encode(secrets.token_bytes(16))
    term = _term(now)
    message = _sign(device, jti, limits, term, now)
    account_id = None
    if amount:
        account_id = set_aside(
            wallet=device.wallet,
            certificate=jti,
            amount=amount,
            reference=f"OFC_{jti}",
            at=now,
        )
    certificate = Certificate.objects.create(
        jti=jti,
        device=device,
        wallet=device.wallet,
        account_id=account_id,
        currency=device.wallet.currency,
        authorised_minor=limits.cumulative_minor,
        voucher_minor=limits.voucher_minor,
        count=limits.count,
        not_before=term.not_before,
        expires_at=term.expires_at,
        submit_until=term.submit_until,
        issued_at=now,
        vid=message.vid,
        text=message.text,
    )
    append_event(
        type="offline.certificate_issued",
        subject=jti,
        owner_id=device.owner_id,
        data={"device": did, "amount": amount.decimal_string(), "currency": certificate.currency},
    )
    return certificate


def _check(device: Device, owner_id: object, amount: Money, now: datetime) -> None:
    if device.owner_id != owner_id:
        raise DeviceNotFound
    if not device.is_active:
        raise DeviceNotActive
    if amount.currency.code != device.wallet.currency:
        raise CurrencyMismatch
    open_ones = Certificate.objects.filter(wallet=device.wallet, status=CertificateStatus.ISSUED)
    if open_ones.filter(expires_at__gt=now).exists():
        raise CertificateActive
    open_ones.update(status=CertificateStatus.EXPIRED)


def _limits(device: Device, amount: Money, now: datetime) -> Limits:
    """What the certificate allows: never more than it holds."""
    if not amount:
        return Limits(voucher_minor=0, cumulative_minor=0, count=0)
    code = amount.currency.code
    attested = device.tier == Tier.ATTESTED and now >= device.full_limits_at
    most = terms.limits(attested=attested, currency=code)
    if most.cumulative < amount:
        raise LimitExceeded(f"A certificate of this device holds {most.cumulative} at most.")
    today = queries.preloaded_since(wallet_id=device.wallet_id, since=now - terms.DAY)
    if today + amount.amount_minor > terms.preload_per_day(code).amount_minor:
        raise LimitExceeded(f"{terms.preload_per_day(code)} may be set aside in a day.")
    return Limits(
        voucher_minor=most.voucher.amount_minor,
        cumulative_minor=amount.amount_minor,
        count=most.count,
    )


def _term(now: datetime) -> _Term:
    whole = now.replace(microsecond=0)
    expires_at = whole + terms.certificate_lives()
    return _Term(
        not_before=whole - terms.EARLY,
        expires_at=expires_at,
        submit_until=expires_at + terms.submission_lasts(),
    )


def _sign(
    device: Device, jti: str, limits: Limits, term: _Term, now: datetime
) -> Signed[CertificateMessage]:
    unit = Money.of("0", device.wallet.currency).currency
    body = CertificateMessage(
        issuer=settings.PURSER_ORIGIN,
        certificate_id=jti,
        wallet=device.wallet.number,
        device=device.did,
        name=names.masked(device.wallet.owner.name),
        currency=unit.code,
        exponent=unit.exponent,
        key=queries.public_key(device.modulus),
        not_before=int(term.not_before.timestamp()),
        expires_at=int(term.expires_at.timestamp()),
        submit_until=int(term.submit_until.timestamp()),
        limits=limits,
    )
    return sign_as_issuer(body, now=now)
