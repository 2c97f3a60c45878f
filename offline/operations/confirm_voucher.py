from __future__ import annotations

from datetime import datetime
from uuid import UUID

from offline import locks, queries
from offline.errors import ItemRefused, NotThePayee, TransactionFinal, TransactionNotFound
from offline.models import Voucher, VoucherStatus
from offline.operations.settle import settle
from wallets.errors import WalletNotActive

_ENDED = frozenset({VoucherStatus.REJECTED, VoucherStatus.VOIDED, VoucherStatus.WRITTEN_OFF})


def confirm_voucher(*, owner_id: UUID, transaction_id: UUID, now: datetime) -> Voucher:
    """Let the payee say that a pending payment is right: it is settled, once.

    Raises `TransactionNotFound`, `NotThePayee`, `TransactionFinal` for one that ended
    otherwise or too late, and `WalletNotActive` when the payee cannot receive.
    """
    seen = queries.get_voucher(owner_id=owner_id, transaction_id=transaction_id)
    if seen.payee.owner_id != owner_id:
        raise NotThePayee
    certificate = locks.certificate(seen.certificate_id)
    voucher = locks.voucher(seen.vid)
    if voucher is None:
        raise TransactionNotFound
    if voucher.status in _ENDED:
        raise TransactionFinal
    if not voucher.is_pending:
        return voucher
    if now > certificate.submit_until:
        raise TransactionFinal("The deadline for this payment has passed.")

    try:
        return settle(voucher=voucher, certificate=certificate, now=now)
    except ItemRefused:
        raise WalletNotActive from None
