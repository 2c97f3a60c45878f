"""Whom a device believes without asking anybody: the issuer, and whom the issuer certified."""

from __future__ import annotations

from typing import TypeVar

from offline.device.errors import (
    CurrencyDiffers,
    DeviceRevoked,
    OutsideValidity,
    RevocationsOld,
    UnexpectedMessage,
    UntrustedIssuer,
)
from offline.device.wallet import Wallet
from offline.messages import Certificate, Jws, Signed, read
from offline.messages.members import Body

# Devices may differ this much, and no more, where two of them meet.
CLOCK_SECONDS = 15 * 60
_GREEN_SECONDS = 24 * 3600
_AMBER_SECONDS = 72 * 3600
# Of what a certificate allows, while the list is amber.
_AMBER_SHARE = 5

B = TypeVar("B", bound=Body)


def typ_of(messages: list[str]) -> str:
    """Return what kind of message comes first; raises `Malformed`."""
    return Jws.read(messages[0]).typ


def companion(messages: list[str], *, of: str) -> str:
    """Return the certificate that is shown with a message; raises `UnexpectedMessage`."""
    if len(messages) != 2 or Jws.read(messages[1]).typ != Certificate.TYP:
        raise UnexpectedMessage(f"A {of} is shown with the certificate of who made it.")
    return messages[1]


def issued(kind: type[B], text: str, *, wallet: Wallet) -> Signed[B]:
    """Read what the issuer signed; raises `UntrustedIssuer`, `MessageRefusal`."""
    message = read(kind, text)
    key = wallet.issuers.get(message.kid)
    if key is None:
        raise UntrustedIssuer
    message.verify(key)
    return message


def certified(text: str, *, wallet: Wallet) -> Certificate:
    """Return another device's certificate: by our issuer, in our currency, not revoked."""
    certificate = issued(Certificate, text, wallet=wallet).body
    if certificate.issuer != wallet.issuer:
        raise UntrustedIssuer
    if certificate.currency != wallet.currency:
        raise CurrencyDiffers
    refuse_revoked(certificate.device, wallet=wallet)
    return certificate


def refuse_revoked(device: str, *, wallet: Wallet) -> None:
    """Raise `DeviceRevoked` when the list that this device has names the other one."""
    if wallet.revocations and device in wallet.revocations.devices:
        raise DeviceRevoked


def refuse_outside(not_before: int, expires_at: int, *, now: int) -> None:
    """Raise `OutsideValidity` unless now is between the two."""
    if not not_before <= now <= expires_at:
        raise OutsideValidity


def refuse_stale_list(
    certificate: Certificate, *, amount_minor: int, cumulative_minor: int, wallet: Wallet, now: int
) -> None:
    """Raise `RevocationsOld` when the list is too old for this much.

    Up to a day old it is good for all that a certificate allows, up to three days for a fifth.
    """
    age = now - wallet.revocations.issued_at if wallet.revocations else _AMBER_SECONDS + 1
    if age <= _GREEN_SECONDS:
        return
    limits = certificate.limits
    small = (
        amount_minor * _AMBER_SHARE <= limits.voucher_minor
        and cumulative_minor * _AMBER_SHARE <= limits.cumulative_minor
    )
    if age > _AMBER_SECONDS or not small:
        raise RevocationsOld
