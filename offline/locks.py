"""Every row lock and claim of offline payments.

The order: certificate, voucher, case, then accounts of the ledger by ascending id. Enrolment and
issuing begin with the device's or the wallet's rows instead and touch no voucher.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection

from ledger.calls import call
from offline.errors import CaseNotFound, CertificateNotFound, DeviceNotFound
from offline.models import (
    Case,
    CaseDecision,
    Certificate,
    Device,
    DeviceChallenge,
    ServerKey,
    Voucher,
)

_LISTS = 7_106_210  # any number that nobody else locks


def certificate(jti: str) -> Certificate:
    """Lock a certificate; raises `CertificateNotFound`."""
    rows = Certificate.objects.select_related("device", "wallet").select_for_update(of=("self",))
    found = next(iter(rows.filter(jti=jti)), None)
    if found is None:
        raise CertificateNotFound
    return found


def certificates_of(device: Device) -> list[Certificate]:
    """Lock every certificate of a device that has money to look after."""
    rows = Certificate.objects.filter(device=device).exclude(status="reclaimed")
    return list(rows.select_for_update().order_by("jti"))


def device(*, did: str) -> Device:
    """Lock a device; raises `DeviceNotFound`."""
    rows = Device.objects.select_related("wallet", "wallet__account", "wallet__owner")
    found = rows.select_for_update(of=("self",)).filter(did=did).first()
    if found is None:
        raise DeviceNotFound
    return found


def voucher(vid: str) -> Voucher | None:
    """Lock a voucher; call with its certificate locked, so that none is added meanwhile."""
    if call("SELECT 1 FROM offline_voucher WHERE vid = $1::varchar", [vid]) is None:
        return None
    return next(iter(Voucher.objects.select_for_update().filter(vid=vid)), None)


def case(case_id: int) -> Case:
    """Lock a case; raises `CaseNotFound`."""
    rows = Case.objects.select_related("certificate", "voucher").select_for_update(of=("self",))
    found = rows.filter(pk=case_id).first()
    if found is None:
        raise CaseNotFound
    return found


def decision(decision_id: int) -> CaseDecision:
    """Lock a decision; raises `CaseNotFound`."""
    rows = CaseDecision.objects.select_related("voucher").select_for_update(of=("self",))
    found = rows.filter(pk=decision_id).first()
    if found is None:
        raise CaseNotFound
    return found


def use_challenge(*, challenge: str, owner_id: UUID, wallet_id: int, now: datetime) -> bool:
    """Use a challenge up; whether there was one of this person's and wallet's, unused."""
    used = DeviceChallenge.objects.filter(
        challenge=challenge,
        owner_id=owner_id,
        wallet_id=wallet_id,
        used_at=None,
        expires_at__gte=now,
    ).update(used_at=now)
    return used == 1


def server_key(wallet_id: int) -> ServerKey | None:
    """Lock what a wallet was promised or given of a key made here, if anything."""
    rows = ServerKey.objects.select_for_update().filter(wallet_id=wallet_id)
    return next(iter(rows), None)


def lists() -> None:
    """Let nobody else publish a revocation list, or make an issuer key, until we are done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LISTS])
