"""Reads of offline payments. Who asks is always an argument, but for what is public."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.db.models import Max, Q, QuerySet, Sum

from ledger.calls import call, call_all
from offline.errors import (
    CaseNotFound,
    CertificateNotFound,
    DeviceNotFound,
    TransactionNotFound,
)
from offline.messages import Certificate as CertificateMessage
from offline.messages import PublicKey, Signed, read
from offline.messages import Voucher as VoucherMessage
from offline.models import (
    Case,
    CaseDecision,
    CaseKind,
    CaseStatus,
    Certificate,
    Device,
    DeviceStatus,
    IssuerKey,
    RevocationList,
    Voucher,
    VoucherStatus,
)
from offline.models.voucher import KNOWN

# What every voucher of a batch asks; Django takes ten times as long to write it.
_SIGNING_KEY = """SELECT kid, sealed FROM offline_issuerkey
    WHERE used_from <= $1::timestamptz ORDER BY used_from DESC LIMIT 1"""
_KNOWN_TEXTS = """SELECT text FROM offline_voucher
    WHERE certificate_id = $1::varchar AND status = ANY ($2::varchar[])"""


def public_key(modulus: str) -> PublicKey:
    """Return a key from the one part of it that is kept."""
    return PublicKey.from_jwk({"e": "AQAB", "n": modulus})


def signing_key(*, now: datetime) -> tuple[str, bytes] | None:
    """Return the id of the issuer's key of the day, and the key as it is sealed."""
    found = call(_SIGNING_KEY, [now])
    return (found[0], bytes(found[1])) if found else None


def next_key(*, now: datetime) -> IssuerKey | None:
    """Return the issuer's key that is published and does not sign yet."""
    return IssuerKey.objects.filter(used_from__gt=now).order_by("used_from").first()


def issuer_keys() -> list[IssuerKey]:
    """Return every key that ever signed, or will, the newest first."""
    return list(IssuerKey.objects.order_by("-used_from"))


def issuer_public_key(kid: str) -> PublicKey | None:
    """Return one of the issuer's keys."""
    found = IssuerKey.objects.filter(kid=kid).first()
    return public_key(found.modulus) if found else None


def devices_of(owner_id: UUID) -> QuerySet[Device]:
    """Return somebody's devices, revoked ones too."""
    return Device.objects.filter(owner_id=owner_id).select_related("wallet")


def get_device(*, owner_id: UUID, did: str) -> Device:
    """Return a device of this person's; raises `DeviceNotFound`."""
    found = devices_of(owner_id).filter(did=did).first()
    if found is None:
        raise DeviceNotFound
    return found


def find_device(did: str) -> Device | None:
    """Return a device, whoever owns it."""
    return Device.objects.select_related("wallet").filter(did=did).first()


def device_moduli(*, latest: int) -> Iterable[int]:
    """Return the moduli of the devices that were enrolled last."""
    rows = Device.objects.order_by("-enrolled_at").values_list("modulus", flat=True)
    return (public_key(modulus).modulus for modulus in rows[:latest])


def has_active_device(wallet_id: int) -> bool:
    return Device.objects.filter(wallet_id=wallet_id, status=DeviceStatus.ACTIVE).exists()


def has_had_device(wallet_id: int) -> bool:
    return Device.objects.filter(wallet_id=wallet_id).exists()


def certificates_of(owner_id: UUID) -> QuerySet[Certificate]:
    """Return somebody's certificates."""
    return Certificate.objects.filter(wallet__owner_id=owner_id).select_related("wallet")


def get_certificate(*, owner_id: UUID, jti: str) -> Certificate:
    """Return a certificate of this person's; raises `CertificateNotFound`."""
    found = certificates_of(owner_id).filter(jti=jti).first()
    if found is None:
        raise CertificateNotFound
    return found


def find_certificate(jti: str) -> Certificate | None:
    """Return a certificate, whoever owns it."""
    rows = Certificate.objects.select_related("device", "wallet")
    return rows.filter(jti=jti).first()


def preloaded_since(*, wallet_id: int, since: datetime) -> int:
    """Return what a wallet's certificates issued since then were made to hold, minor units."""
    recent = Certificate.objects.filter(wallet_id=wallet_id, issued_at__gt=since)
    total: int | None = recent.aggregate(total=Sum("authorised_minor"))["total"]
    return total or 0


def held_for(numbers: Iterable[str]) -> dict[str, tuple[int, datetime]]:
    """Return what wallets' certificates hold, in minor units, and until when at the latest.

    Both by the number of the wallet; wallets for which nothing is held are left out.
    """
    rows = Certificate.objects.filter(wallet__number__in=numbers).exclude(status="reclaimed")
    held: dict[str, tuple[int, datetime]] = {}
    for row in rows.select_related("wallet"):
        if row.held_minor:
            number = row.wallet.number
            minor, until = held.get(number, (0, row.submit_until))
            held[number] = (minor + row.held_minor, max(until, row.submit_until))
    return held


def due_certificates(*, now: datetime, limit: int) -> list[str]:
    """Return ids of certificates whose deadline has passed, the earliest first."""
    due = Certificate.objects.filter(submit_until__lt=now).exclude(status="reclaimed")
    return list(due.order_by("submit_until").values_list("jti", flat=True)[:limit])


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What never changes about a certificate: whose it is, its device's key, and its terms."""

    owner_id: UUID
    key: PublicKey
    terms: CertificateMessage


@lru_cache(maxsize=4096)
def certificate_facts(jti: str) -> CertificateFacts:
    """Return the facts of a certificate, remembered as long as the process lives.

    Raises `CertificateNotFound`.
    """
    found = find_certificate(jti)
    if found is None:
        raise CertificateNotFound
    return CertificateFacts(
        owner_id=found.wallet.owner_id,
        key=public_key(found.device.modulus),
        terms=read(CertificateMessage, found.text).body,
    )


def known_vouchers(certificate: Certificate) -> list[Voucher]:
    """Return the vouchers of a certificate that say something about one another."""
    return list(Voucher.objects.filter(certificate=certificate, status__in=KNOWN))


def known_messages(certificate: Certificate) -> list[Signed[VoucherMessage]]:
    """Return the messages of those vouchers, whose signatures held when they came."""
    rows = call_all(_KNOWN_TEXTS, [certificate.jti, [str(status) for status in KNOWN]])
    return [_message(text) for (text,) in rows]


@lru_cache(maxsize=4096)
def _message(text: str) -> Signed[VoucherMessage]:
    return read(VoucherMessage, text)


def spent_so_far(certificate: Certificate) -> Voucher | None:
    """Return the last voucher of a certificate that has reached us."""
    rows = Voucher.objects.filter(certificate=certificate, status__in=KNOWN)
    return rows.order_by("-counter").first()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which payments are asked for: received by us in [`since`, `until`)."""

    status: str | None = None
    direction: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def vouchers_of(owner_id: UUID, *, wanted: Wanted | None = None) -> QuerySet[Voucher]:
    """Return the offline payments that somebody made or received."""
    wanted = wanted or Wanted()
    sides = {"out": Q(payer__owner_id=owner_id), "in": Q(payee__owner_id=owner_id)}
    rows = Voucher.objects.select_related("payer", "payee")
    rows = rows.filter(sides[wanted.direction] if wanted.direction else sides["in"] | sides["out"])
    asked = {
        "status": wanted.status,
        "received_at__gte": wanted.since,
        "received_at__lt": wanted.until,
    }
    return rows.filter(**{name: value for name, value in asked.items() if value is not None})


def get_voucher(*, owner_id: UUID, transaction_id: UUID) -> Voucher:
    """Return an offline payment of this person's; raises `TransactionNotFound`."""
    found = vouchers_of(owner_id).filter(transaction_id=transaction_id).first()
    if found is None:
        raise TransactionNotFound
    return found


def find_voucher(vid: str) -> Voucher | None:
    """Return an offline payment, whosever it is."""
    return Voucher.objects.filter(vid=vid).first()


def latest_list() -> RevocationList | None:
    """Return the revocation list of now."""
    return RevocationList.objects.order_by("-number").first()


def latest_list_number() -> int:
    number: int | None = RevocationList.objects.aggregate(last=Max("number"))["last"]
    return number or 0


def find_list(number: int) -> RevocationList | None:
    return RevocationList.objects.filter(number=number).first()


def dids_to_warn_of(*, now: datetime) -> list[str]:
    """Return the revoked devices that have a certificate which somebody may still believe."""
    live = Certificate.objects.filter(
        device__status=DeviceStatus.REVOKED, submit_until__gt=now
    ).exclude(status="reclaimed")
    return sorted(set(live.values_list("device_id", flat=True)))


def open_fork(certificate: Certificate) -> Case | None:
    """Return the open case about a certificate's contradictions."""
    return Case.objects.filter(
        certificate=certificate, kind=CaseKind.FORK, status=CaseStatus.OPEN
    ).first()


def has_other_open_forks(case: Case) -> bool:
    """Whether another open case keeps the same payer's money in."""
    others = Case.objects.filter(
        kind=CaseKind.FORK,
        status=CaseStatus.OPEN,
        certificate__wallet_id=case.certificate.wallet_id,
    )
    return others.exclude(pk=case.pk).exists()


def disputed_of(case: Case) -> QuerySet[Voucher]:
    """Return the vouchers of a case that are not paid and wait for a decision."""
    rows = Voucher.objects.filter(certificate=case.certificate, status=VoucherStatus.DISPUTED)
    return rows.select_related("payee").order_by("id")


def owed_minor(code: str) -> int:
    """Return what payers owe us because the reserve paid for them, in minor units."""
    reserve = Voucher.objects.filter(currency=code, from_reserve_minor__gt=0)
    total: int | None = reserve.aggregate(total=Sum("from_reserve_minor"))["total"]
    return total or 0


def get_decision(decision_id: int) -> CaseDecision:
    """Return a proposed decision; raises `CaseNotFound`."""
    found = CaseDecision.objects.select_related("case", "voucher").filter(pk=decision_id).first()
    if found is None:
        raise CaseNotFound
    return found


def get_case(case_id: int) -> Case:
    """Return a case with its certificate; raises `CaseNotFound`."""
    found = Case.objects.select_related("certificate", "voucher").filter(pk=case_id).first()
    if found is None:
        raise CaseNotFound
    return found
