from __future__ import annotations

from uuid import UUID

from accounts import vault
from accounts.models import FactorSecret
from accounts.sealing import Place


def seal_factor(*, secret: str) -> UUID:
    """Keep the secret of a second factor sealed; return where `open_factor` finds it."""
    kept = FactorSecret()
    kept.sealed = vault.keyring().seal(secret.encode(), place=_place(kept.id))
    kept.save(force_insert=True)
    return kept.id


def open_factor(*, secret_id: UUID) -> str:
    """Return the secret of a second factor. Raises `SealBroken`, and tells of it."""
    kept = FactorSecret.objects.get(id=secret_id)
    return vault.unseal(bytes(kept.sealed), place=_place(kept.id)).decode()


def _place(secret_id: UUID) -> Place:
    return Place("accounts_factorsecret", "sealed", secret_id)
