"""The issuer's own keys: made, kept sealed, and signed with."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import TypeVar

from accounts.sealing import Place
from accounts.vault import keyring, unseal
from events.operations import append_event
from offline import locks, queries
from offline.messages import ISSUER_BITS, PrivateKey, Signed, sign
from offline.messages.members import Body
from offline.models import IssuerKey

# Devices learn of a key this long before anything is signed with it.
NOTICE = timedelta(days=14)

B = TypeVar("B", bound=Body)


def sign_as_issuer(body: B, *, now: datetime) -> Signed[B]:
    """Sign a message with the key of the day; the first message of all makes a key.

    Raises `SealBroken` when the key was sealed under another secret than this place has.
    """
    kid, sealed = queries.signing_key(now=now) or _first_key(now)
    return sign(body, _opened(kid, sealed))


def published_keys(*, now: datetime) -> list[IssuerKey]:
    """Return every key for devices to know; there is one from the first question on."""
    if not queries.issuer_keys():
        _first_key(now)
    return queries.issuer_keys()


def rotate_issuer_key(*, now: datetime, notice: timedelta = NOTICE) -> IssuerKey:
    """Make the next key and publish it; it signs from `notice` later on.

    A key that is published and does not sign yet is the next one already: it is returned.
    """
    locks.lists()
    waiting = queries.next_key(now=now)
    return waiting or _make(now=now, used_from=now + notice)


def _first_key(now: datetime) -> tuple[str, bytes]:
    locks.lists()
    if found := queries.signing_key(now=now):
        return found
    made = _make(now=now, used_from=now)
    return made.kid, bytes(made.sealed)


def _make(*, now: datetime, used_from: datetime) -> IssuerKey:
    key = PrivateKey.generate(ISSUER_BITS)
    kid = key.public.key_id
    row = IssuerKey.objects.create(
        kid=kid,
        modulus=key.public.members()["n"],
        sealed=keyring().seal(key.pem(), place=_place(kid)),
        made_at=now,
        used_from=used_from,
    )
    append_event(
        type="offline.issuer_key_made",
        subject=kid,
        owner_id=None,
        data={"used_from": used_from.isoformat()},
    )
    return row


@lru_cache(maxsize=4)
def _opened(kid: str, sealed: bytes) -> PrivateKey:
    return PrivateKey.from_pem(unseal(sealed, place=_place(kid)))


def _place(kid: str) -> Place:
    return Place("offline_issuerkey", "sealed", kid)
