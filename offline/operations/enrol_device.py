from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from events.operations import append_event
from offline import locks, queries, terms
from offline.attestation import is_attested
from offline.errors import (
    ChallengeNotValid,
    DeviceActive,
    DeviceKnown,
    ProofNotValid,
    WalletNotOffline,
)
from offline.messages import Possession, Signed, WeakKey, base64url, read
from offline.models import Device, DeviceChallenge, Tier
from offline.operations.export_key import destroy_export
from wallets.models import Wallet, WalletKind

_SKEW_SECONDS = 300
# A source of keys that is broken repeats itself soon; comparing with all takes too long.
_COMPARED = 5_000


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a new device sends. `attestation` are certificates in DER, the key's own first."""

    proof: str
    name: str = ""
    attestation: tuple[bytes, ...] = ()


def draw_challenge(*, wallet: Wallet, now: datetime) -> DeviceChallenge:
    """Make a challenge for a new device of this wallet; raises `WalletNotOffline`."""
    if wallet.kind != WalletKind.OFFLINE:
        raise WalletNotOffline
    return DeviceChallenge.objects.create(
        challenge=base64url.encode(secrets.token_bytes(32)),
        wallet=wallet,
        owner_id=wallet.owner_id,
        expires_at=now + terms.CHALLENGE_LIVES,
    )


def enrol_device(*, wallet: Wallet, enrolment: Enrolment, now: datetime) -> Device:
    """Register a key for a wallet whose owner proved to hold it, and tell the owner.

    Raises `WalletNotOffline`, `ChallengeNotValid`, `ProofNotValid`, `DeviceKnown`,
    `DeviceActive`, and for what is no proof at all `Malformed`, `BadSignature`, `WeakKey`.
    """
    if wallet.kind != WalletKind.OFFLINE:
        raise WalletNotOffline
    proof = _checked(enrolment.proof, wallet, now)
    key = proof.body.key
    _use_challenge(proof.body.challenge, wallet, now)
    if queries.find_device(key.key_id):
        raise DeviceKnown
    if queries.has_active_device(wallet.pk):
        raise DeviceActive
    if key.shares_a_prime(queries.device_moduli(latest=_COMPARED)):
        raise WeakKey("This key has a factor in common with another one.")

    export = locks.server_key(wallet.pk)
    made_here = export is not None and export.did == key.key_id
    attested = not made_here and is_attested(enrolment.attestation, key=key)
    follows = queries.has_had_device(wallet.pk)
    device = _insert(
        Device(
            did=key.key_id,
            wallet=wallet,
            owner_id=wallet.owner_id,
            name=enrolment.name,
            modulus=key.members()["n"],
            tier=Tier.ATTESTED if attested else Tier.BASIC,
            proof=enrolment.proof,
            enrolled_at=now,
            full_limits_at=now + terms.COOL_OFF if follows else now,
        )
    )
    if export is not None and made_here:
        destroy_export(export, now=now)
    append_event(
        type="offline.device_enrolled",
        subject=device.did,
        owner_id=device.owner_id,
        data={"wallet": wallet.number, "name": device.name, "tier": device.tier},
    )
    return device


def prune_challenges(*, now: datetime) -> int:
    """Forget challenges that are over; return how many."""
    deleted, _ = DeviceChallenge.objects.filter(expires_at__lt=now).delete()
    return deleted


def _checked(text: str, wallet: Wallet, now: datetime) -> Signed[Possession]:
    proof = read(Possession, text)
    body = proof.verify(proof.body.key)
    if body.audience != settings.PURSER_ORIGIN or body.wallet != wallet.number:
        raise ProofNotValid
    if abs(body.issued_at - now.timestamp()) > _SKEW_SECONDS:
        raise ProofNotValid("The proof was made too long ago, or by a clock that is wrong.")
    return proof


def _use_challenge(challenge: str, wallet: Wallet, now: datetime) -> None:
    used = locks.use_challenge(
        challenge=challenge, owner_id=wallet.owner_id, wallet_id=wallet.pk, now=now
    )
    if not used:
        raise ChallengeNotValid


def _insert(device: Device) -> Device:
    try:
        with transaction.atomic():
            device.save(force_insert=True)
    except IntegrityError as error:
        if "one_active_device_for_each_wallet" in str(error):
            raise DeviceActive from None
        raise DeviceKnown from None
    return device
