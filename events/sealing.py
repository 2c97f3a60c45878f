"""Seals the secrets of webhook endpoints with the keys of the installation.

Those are kept by an app above this one, which the setting `SEALER` names: a module with
the members of `_Sealer`.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Protocol, cast
from uuid import UUID

from django.conf import settings

from events.errors import SecretUnreadable

_TABLE = "events_webhookendpoint"
SECRET, FORMER_SECRET = "secret", "former_secret"


class _Sealer(Protocol):
    SealBroken: type[Exception]

    def seal_value(self, plain: bytes, *, table: str, column: str, row: object) -> bytes: ...

    def open_value(self, sealed: bytes, *, table: str, column: str, row: object) -> bytes: ...


def seal(secret: bytes, *, endpoint_id: UUID, column: str = SECRET) -> bytes:
    """Return a secret as only this column of this endpoint gives it back."""
    return _installed().seal_value(secret, table=_TABLE, column=column, row=endpoint_id)


def unseal(sealed: bytes | memoryview, *, endpoint_id: UUID, column: str = SECRET) -> bytes:
    """Return what `seal` sealed there. Raises `SecretUnreadable` for what was moved or changed."""
    installed = _installed()
    try:
        return installed.open_value(bytes(sealed), table=_TABLE, column=column, row=endpoint_id)
    except installed.SealBroken as broken:
        raise SecretUnreadable from broken


@cache
def _installed() -> _Sealer:
    return cast(_Sealer, import_module(settings.SEALER))
