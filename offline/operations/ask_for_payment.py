from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from offline import names, queries
from offline.errors import DeviceNotActive, WalletNotOffline
from offline.messages import Request, StaticRequest, base64url, packed, qr
from offline.operations.issuer import sign_as_issuer
from wallets.models import Wallet, WalletKind

_REQUEST_SECONDS = 300
_PRINTED_SECONDS = 365 * 86_400


@dataclass(frozen=True, slots=True)
class PaymentCode:
    """A request that the issuer signed for a payee: as text, and as a picture of that."""

    message: str
    text: str
    png: bytes
    svg: str


def ask_for_payment(*, wallet: Wallet, amount_minor: int | None, now: datetime) -> PaymentCode:
    """Sign a request to pay into a wallet: of an amount, once; or without one, to be printed.

    Raises `WalletNotOffline`, and `DeviceNotActive` for a wallet that has no device to
    receive with.
    """
    if wallet.kind != WalletKind.OFFLINE:
        raise WalletNotOffline
    device = queries.devices_of(wallet.owner_id).filter(wallet=wallet, status="active").first()
    if device is None:
        raise DeviceNotActive("Enrol a device for this wallet first.")
    issued_at = int(now.timestamp())
    if amount_minor is None:
        message = _printed(wallet, device.did, issued_at, now)
    else:
        message = _single(wallet, device.did, amount_minor, now)

    text = packed.to_text([message])
    code = qr.code(text)
    return PaymentCode(message, text, code.png(), code.svg())


def _single(wallet: Wallet, did: str, amount_minor: int, now: datetime) -> str:
    issued_at = int(now.timestamp())
    request = Request(
        request_id=base64url.encode(secrets.token_bytes(16)),
        wallet=wallet.number,
        device=did,
        amount_minor=amount_minor,
        currency=wallet.currency,
        issued_at=issued_at,
        expires_at=issued_at + _REQUEST_SECONDS,
    )
    return sign_as_issuer(request, now=now).text


def _printed(wallet: Wallet, did: str, issued_at: int, now: datetime) -> str:
    request = StaticRequest(
        wallet=wallet.number,
        device=did,
        name=names.masked(wallet.owner.name),
        currency=wallet.currency,
        issued_at=issued_at,
        expires_at=issued_at + _PRINTED_SECONDS,
    )
    return sign_as_issuer(request, now=now).text
