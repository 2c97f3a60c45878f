"""How a device shows that somebody has logged in on it before.

Whoever completes a login is told a `device_token`, once for each device, and sends it with later
logins in the header `X-Device-Token`. It opens nothing by itself.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from django.http import HttpRequest

from accounts.models import KnownDevice, User
from accounts.operations import know_device, see_device
from accounts.queries import find_known_device

_PREFIX = "dev_"


def device_of(request: HttpRequest, *, at: datetime) -> KnownDevice | None:
    """Return the known device that a request comes from, whoever it belongs to."""
    token = request.META.get("HTTP_X_DEVICE_TOKEN", "")
    return find_known_device(token=token, at=at) if token.startswith(_PREFIX) else None


def know_device_of(request: HttpRequest, *, user: User, at: datetime) -> str | None:
    """Know the device on which `user` completed a login; return its token if it is a new one."""
    device = device_of(request, at=at)
    if device is not None and device.user_id == user.id:
        see_device(device_id=device.id, at=at)
        return None
    token = _PREFIX + secrets.token_urlsafe(32)
    know_device(user=user, token=token, at=at)
    return token
