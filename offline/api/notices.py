"""Mails that tell an owner what was just done with the keys that spend from a wallet of theirs."""

from __future__ import annotations

from rest_framework.request import Request

from accounts.api.authentication import principal_of
from accounts.api.notices import send_notice
from offline.models import Device, ServerKey

# Not the name of a device: nothing that a client wrote ends up in a mail.


def tell_enrolled(request: Request, device: Device) -> None:
    """A device may spend from now on."""
    send_notice(
        request,
        email=principal_of(request).email,
        template="device_enrolled",
        folder="offline/email",
        wallet=device.wallet.number,
        device=device.did,
    )


def tell_handed_out(request: Request, export: ServerKey, *, wallet: str) -> None:
    """The key of a device was given out by us."""
    send_notice(
        request,
        email=principal_of(request).email,
        template="private_key_exported",
        folder="offline/email",
        wallet=wallet,
        device=export.did,
    )
