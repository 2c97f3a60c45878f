from __future__ import annotations

from datetime import datetime

from django.conf import settings

from events.operations import append_event
from ledger.money import Money, currency
from offline import locks, queries
from offline.errors import CertificateFinal, CertificateNotFound, ClosingNotValid
from offline.judgement import Conflict
from offline.messages import Closing, ForkKind, Signed, read
from offline.models import Certificate, CertificateStatus, Tier
from offline.operations.open_fork import open_fork
from wallets.operations import give_back


def close_certificate(*, jti: str, owner_id: object, closing: str, now: datetime) -> Certificate:
    """Take a device's word that it spends no more from a certificate; a new one may follow.

    The money stays held until the deadline, but for attested devices where the operator allows
    it. The same statement again changes nothing. Raises `CertificateNotFound`,
    `CertificateFinal`, `ClosingNotValid`, and `Malformed`, `BadSignature`.
    """
    certificate = locks.certificate(jti)
    if certificate.wallet.owner_id != owner_id:
        raise CertificateNotFound
    statement = read(Closing, closing)
    statement.verify(queries.public_key(certificate.device.modulus))
    if certificate.closing:
        return _again(certificate, statement)
    if certificate.status not in {CertificateStatus.ISSUED, CertificateStatus.EXPIRED}:
        raise CertificateFinal
    _check(certificate, statement.body)

    certificate.status = CertificateStatus.CLOSED
    certificate.closing = statement.text
    certificate.closing_counter = statement.body.counter
    certificate.save(update_fields=["status", "closing", "closing_counter"])
    append_event(
        type="offline.certificate_closed",
        subject=jti,
        owner_id=certificate.wallet.owner_id,
        data={"counter": statement.body.counter},
    )
    if settings.OFFLINE_FAST_CLOSE and certificate.device.tier == Tier.ATTESTED:
        _give_back_early(certificate, statement.body, now)
    _prove_lies(certificate, statement.body, now)
    return certificate


def _again(certificate: Certificate, statement: Signed[Closing]) -> Certificate:
    if read(Closing, certificate.closing).vid != statement.vid:
        raise CertificateFinal
    return certificate


def _check(certificate: Certificate, closing: Closing) -> None:
    fits = (
        closing.certificate_id == certificate.jti
        and closing.counter <= certificate.count
        and closing.cumulative_minor <= certificate.authorised_minor
    )
    if not fits:
        raise ClosingNotValid


def _give_back_early(certificate: Certificate, closing: Closing, now: datetime) -> None:
    """Give back what the device says it has not spent. If it lies, we have lost that much."""
    spare = min(certificate.authorised_minor - closing.cumulative_minor, certificate.held_minor)
    if spare <= 0 or certificate.account_id is None:
        return
    give_back(
        wallet=certificate.wallet,
        hold_account_id=certificate.account_id,
        amount=Money(spare, currency(certificate.currency)),
        reference=f"OFC_{certificate.jti}:closed",
        at=now,
    )
    certificate.returned_minor += spare
    certificate.save(update_fields=["returned_minor"])


def _prove_lies(certificate: Certificate, closing: Closing, now: datetime) -> None:
    for voucher in queries.known_vouchers(certificate):
        if voucher.counter > closing.counter:
            open_fork(
                certificate=certificate,
                voucher=voucher,
                conflicts=[Conflict(ForkKind.AFTER_CLOSE)],
                now=now,
            )
