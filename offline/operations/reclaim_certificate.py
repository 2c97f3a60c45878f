from __future__ import annotations

from datetime import datetime

from events.operations import append_event
from offline import locks
from offline.models import Certificate, CertificateStatus, Voucher, VoucherStatus
from wallets.operations import give_back


def reclaim_certificate(*, jti: str, now: datetime) -> Certificate:
    """Give back what a certificate holds once nobody may bring vouchers of it any more.

    Vouchers that nobody confirmed are void from then on. Before the deadline, and when it was
    done before, this changes nothing. It takes the lock that paying takes: a voucher at the
    deadline is paid or late, never both. Raises what `wallets.operations.give_back` raises.
    """
    certificate = locks.certificate(jti)
    if certificate.is_reclaimed or now <= certificate.submit_until:
        return certificate

    for voucher in Voucher.objects.select_for_update().filter(
        certificate=certificate, status=VoucherStatus.PENDING
    ):
        void(voucher)
    left = certificate.held
    if left and certificate.account_id is not None:
        give_back(
            wallet=certificate.wallet,
            hold_account_id=certificate.account_id,
            amount=left,
            reference=f"OFC_{jti}:reclaimed",
            at=now,
        )
    certificate.returned_minor += left.amount_minor
    certificate.status = CertificateStatus.RECLAIMED
    certificate.reclaimed_at = now
    certificate.save(update_fields=["returned_minor", "status", "reclaimed_at"])
    append_event(
        type="offline.certificate_reclaimed",
        subject=jti,
        owner_id=certificate.wallet.owner_id,
        data={"amount": left.decimal_string(), "currency": certificate.currency},
    )
    return certificate


def void(voucher: Voucher) -> None:
    """End a voucher that nobody confirmed in time."""
    voucher.status = VoucherStatus.VOIDED
    voucher.code = "voided"
    voucher.save(update_fields=["status", "code"])
    append_event(
        type="offline.voucher_voided",
        subject=str(voucher.transaction_id),
        owner_id=voucher.payer.owner_id,
        data={"vid": voucher.vid},
    )
