from __future__ import annotations

from datetime import datetime

from events.operations import append_event
from offline import locks, queries
from offline.judgement import Conflict
from offline.models import Case, CaseKind, Certificate, ForkProof, Voucher
from offline.operations.revoke_device import block
from wallets.models import Wallet, WalletKind
from wallets.operations import stop_debits
from wallets.queries import find_sibling


def open_fork(
    *, certificate: Certificate, voucher: Voucher, conflicts: list[Conflict], now: datetime
) -> Case:
    """Keep the proof that a device contradicted itself, and stop it from doing more harm.

    The first proof of a certificate opens the case: the device is revoked and on the next list,
    and nothing leaves its owner's wallets in this currency until people have decided.
    """
    case = queries.open_fork(certificate)
    if case is None:
        case = Case.objects.create(kind=CaseKind.FORK, certificate=certificate, opened_at=now)
        block(locks.device(did=certificate.device_id), reason="double_spend", now=now)
        stop_debits(payer_wallets(certificate), reason="double_spend")
        append_event(
            type="offline.case_opened",
            subject=certificate.jti,
            owner_id=certificate.wallet.owner_id,
            data={"case": case.pk, "device": certificate.device_id},
        )
    for conflict in conflicts:
        other = queries.find_voucher(conflict.other_vid) if conflict.other_vid else None
        ForkProof.objects.get_or_create(
            case=case,
            kind=conflict.kind.value,
            first=voucher,
            second=other,
            defaults={"recorded_at": now},
        )
    return case


def payer_wallets(certificate: Certificate) -> list[Wallet]:
    """Return the wallets that answer for a certificate: its own, and the current one beside it."""
    current = find_sibling(certificate.wallet, kind=WalletKind.CURRENT)
    return [certificate.wallet, *([current] if current else [])]
