from __future__ import annotations

from datetime import datetime

from django.conf import settings

from events.operations import append_event
from offline import locks, queries
from offline.errors import KeyHeldByDevice, WalletNotOffline
from offline.messages import DEVICE_BITS, PrivateKey, PublicKey, jwe
from offline.models import ServerKey
from offline.models.server_key import HANDED_OUT_FOR
from wallets.models import Wallet, WalletKind


def promise_key(*, wallet: Wallet, recipient: PublicKey) -> ServerKey:
    """Note of a new wallet that the key of its device will be made here, for this recipient.

    Raises `WalletNotOffline`, and `KeyHeldByDevice` where the operator has not allowed it.
    """
    _check(wallet)
    return ServerKey.objects.create(wallet=wallet, recipient=recipient.members()["n"])


def export_key(*, wallet: Wallet, now: datetime) -> ServerKey:
    """Make the key that was promised, and give it out encrypted: the same text for ten minutes.

    What is returned has an empty `jwe` when that was acknowledged or is too long ago. Raises
    `WalletNotOffline`, and `KeyHeldByDevice` for a wallet that was promised none, that has had
    a device with a key of its own, or where the operator does not allow it.
    """
    _check(wallet)
    export = locks.server_key(wallet.pk)
    if export is None or (not export.is_made and queries.has_had_device(wallet.pk)):
        raise KeyHeldByDevice
    if export.is_over(now):
        destroy_export(export, now=now)
        return export

    again = export.is_made
    if not again:
        _make(export, now)
    append_event(
        type="offline.private_key_exported",
        subject=export.did,
        owner_id=wallet.owner_id,
        data={"wallet": wallet.number, "again": again},
    )
    return export


def destroy_export(export: ServerKey, *, now: datetime) -> None:
    """Empty an export that is locked; one that is empty stays as it is."""
    if export.destroyed_at is not None:
        return
    export.jwe, export.destroyed_at = "", now
    export.save(update_fields=["jwe", "destroyed_at"])


def destroy_due_exports(*, now: datetime) -> int:
    """Empty the exports that nobody acknowledged in time; return how many."""
    due = ServerKey.objects.filter(destroyed_at=None, handed_out_at__lte=now - HANDED_OUT_FOR)
    return due.update(jwe="", destroyed_at=now)


def _check(wallet: Wallet) -> None:
    if wallet.kind != WalletKind.OFFLINE:
        raise WalletNotOffline
    if not settings.OFFLINE_SERVER_KEYGEN:
        raise KeyHeldByDevice


def _make(export: ServerKey, now: datetime) -> None:
    """Make the key and forget it: what is kept is readable to the recipient only."""
    key = PrivateKey.generate(DEVICE_BITS)
    export.did = key.public.key_id
    export.jwe = jwe.encrypt(key.der(), recipient=queries.public_key(export.recipient))
    export.handed_out_at = now
    export.save(update_fields=["did", "jwe", "handed_out_at"])
