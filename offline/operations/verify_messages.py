from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from offline import evidence, judgement, queries
from offline.errors import ItemRefused
from offline.messages import (
    BadSignature,
    Closing,
    MessageRefusal,
    Possession,
    PublicKey,
    Receipt,
    RevocationList,
    Settlement,
    prove_fork,
    read,
)
from offline.messages import Certificate as CertificateMessage
from offline.messages import Voucher as VoucherMessage
from offline.messages.jws import LARGEST_LIST
from offline.models import Certificate, Device, ForkProof, IssuerKey, Voucher
from offline.models import RevocationList as StoredList

_STEP = 500
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """A stored message that does not verify, or a row that says something else."""

    what: str
    which: str
    why: str


class _Differs(Exception):
    """The row and its message disagree."""


def verify_messages(*, progress: Progress | None = None) -> Iterator[Fault]:
    """Verify every stored message anew, and compare what its row says; yield what is wrong.

    `progress` is told what is looked at, how many are done, and how many there are.
    """
    keys = {row.kid: queries.public_key(row.modulus) for row in IssuerKey.objects.all()}
    parts: list[tuple[str, QuerySet[Any], Callable[[Any], None]]] = [
        ("device", Device.objects.order_by("did"), _device),
        (
            "certificate",
            Certificate.objects.select_related("device", "wallet").order_by("jti"),
            lambda row: _certificate(row, keys),
        ),
        (
            "voucher",
            Voucher.objects.select_related("certificate__device", "payer", "payee").order_by("id"),
            lambda row: _voucher(row, keys),
        ),
        (
            "proof",
            ForkProof.objects.select_related("first__certificate", "second").order_by("id"),
            lambda row: _proof(row, keys),
        ),
        ("list", StoredList.objects.order_by("number"), lambda row: _list(row, keys)),
    ]
    for what, rows, check in parts:
        total = rows.count()
        if progress:
            progress(what, 0, total)
        for done, row in enumerate(rows.iterator(chunk_size=_STEP), 1):
            if progress and done % _STEP == 0:
                progress(what, done, total)
            try:
                check(row)
            except (MessageRefusal, ItemRefused, _Differs) as fault:
                yield Fault(what, str(row.pk), f"{type(fault).__name__}: {fault}")


def _device(device: Device) -> None:
    proof = read(Possession, device.proof)
    _same(proof.verify(proof.body.key).key.key_id, device.did)
    _same(queries.public_key(device.modulus).key_id, device.did)


def _certificate(row: Certificate, keys: dict[str, PublicKey]) -> None:
    message = read(CertificateMessage, row.text)
    body = message.verify(_issuer(keys, message.kid))
    _same(message.vid, row.vid)
    _same(
        (body.certificate_id, body.device, body.wallet, body.currency),
        (row.jti, row.device_id, row.wallet.number, row.currency),
    )
    _same(
        (body.limits.cumulative_minor, body.limits.voucher_minor, body.limits.count),
        (row.authorised_minor, row.voucher_minor, row.count),
    )
    _same(
        (body.not_before, body.expires_at, body.submit_until),
        tuple(int(at.timestamp()) for at in (row.not_before, row.expires_at, row.submit_until)),
    )
    if row.closing:
        closing = read(Closing, row.closing).verify(queries.public_key(row.device.modulus))
        _same((closing.certificate_id, closing.counter), (row.jti, row.closing_counter))


def _voucher(row: Voucher, keys: dict[str, PublicKey]) -> None:
    message = read(VoucherMessage, row.text)
    body = message.verify(queries.public_key(row.certificate.device.modulus))
    _same(message.vid, row.vid)
    _same(
        (body.certificate_id, body.counter, body.amount_minor, body.cumulative_minor),
        (row.certificate_id, row.counter, row.amount_minor, row.cumulative_minor),
    )
    _same((body.payee, body.payee_device), (row.payee.number, row.payee_did))
    if row.request:
        evidence.checked_request(row.request, message)
    if row.receipt:
        device = queries.find_device(row.payee_did)
        if device is None:
            raise _Differs("the receipt's device is unknown")
        receipt = read(Receipt, row.receipt).verify(queries.public_key(device.modulus))
        _same(receipt.voucher_vid, row.vid)
    if row.settlement:
        settlement = read(Settlement, row.settlement)
        settled = settlement.verify(_issuer(keys, settlement.kid))
        _same(
            (settled.voucher_vid, settled.amount_minor, settled.transaction, settled.payee),
            (row.vid, row.amount_minor, str(row.transaction_id), row.payee.number),
        )


def _proof(row: ForkProof, keys: dict[str, PublicKey]) -> None:
    certificate = row.first.certificate
    if row.second is None and row.kind != "after_close":
        first = read(VoucherMessage, row.first.text).body
        _same(judgement.starts_wrongly(first, certificate_vid=certificate.vid), expected=True)
        return
    kid = read(CertificateMessage, certificate.text).kid
    prove_fork(**row.document(), issuer=_issuer(keys, kid))


def _list(row: StoredList, keys: dict[str, PublicKey]) -> None:
    message = read(RevocationList, row.text, largest=LARGEST_LIST)
    body = message.verify(_issuer(keys, message.kid))
    _same((body.number, list(body.revoked)), (row.number, row.dids))


def _issuer(keys: dict[str, PublicKey], kid: str) -> PublicKey:
    if kid not in keys:
        raise BadSignature("The message names no key of the issuer.")
    return keys[kid]


def _same(found: object, expected: object) -> None:
    if found != expected:
        raise _Differs(f"{found!r} in the message, {expected!r} in the row")
