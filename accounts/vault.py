"""Sealing with the keys of this installation, and with those of its people.

Whatever does not open is told to the event log before `SealBroken` is raised, from a connection
of its own: the work that found it will be rolled back.
"""

from __future__ import annotations

import secrets
from functools import lru_cache
from threading import Thread
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection, transaction

from accounts.errors import DataErased, SealBroken
from accounts.models import DataKey, Purpose, User
from accounts.sealing import KEY_BYTES, Keyring, Place, blind_index, parse_key
from events import causes
from events.operations import append_event

logger = structlog.get_logger(__name__)

_PERSON = "person"


@lru_cache(maxsize=4)
def _parsed(keys: str) -> Keyring:
    return Keyring.parse(keys)


def keyring() -> Keyring:
    """Return the field keys of this installation."""
    return _parsed(settings.FIELD_KEYS)


def unseal(sealed: bytes, *, place: Place, ring: Keyring | None = None) -> bytes:
    """Open what the field keys sealed, or those in `ring`. Tells of `SealBroken`, and raises it."""
    try:
        return (ring or keyring()).open(bytes(sealed), place=place)
    except SealBroken as broken:
        _tell(broken)
        raise


def seal_value(plain: bytes, *, table: str, column: str, row: object) -> bytes:
    """Seal something of an app below this one with the field keys (setting `SEALER`)."""
    return keyring().seal(plain, place=Place(table, column, row))


def open_value(sealed: bytes, *, table: str, column: str, row: object) -> bytes:
    """Open what `seal_value` sealed. Tells of `SealBroken`, and raises it."""
    return unseal(sealed, place=Place(table, column, row))


def index_of(value: str, *, purpose: str) -> bytes:
    """Return the blind index by which equal values of one purpose are found."""
    return blind_index(value, key=parse_key(settings.FIELD_INDEX_KEY), purpose=purpose)


def seal_for(*, person_id: UUID, purpose: Purpose, plain: bytes, place: Place) -> bytes:
    """Seal something of a person's with their own key, making it when they have none yet.

    Raises `DataErased` when their data was erased: nothing is kept of them any more.
    """
    key = key_of(person_id=person_id, purpose=purpose) or _make_key(person_id, purpose)
    return _ring_of(key).seal(plain, place=place)


def key_of(*, person_id: UUID, purpose: Purpose) -> DataKey | None:
    """Return somebody's own key for a purpose, None when nothing was ever sealed with one."""
    return DataKey.objects.filter(person_id=person_id, purpose=purpose).first()


def open_for(*, key: DataKey | None, sealed: bytes, place: Place) -> bytes:
    """Open something of a person's with their key. Raises `DataErased` or `SealBroken`."""
    if key is None:
        broken = SealBroken(place=str(place), reason="its person has no key")
        _tell(broken)
        raise broken
    return unseal(sealed, place=place, ring=_ring_of(key))


def phone_place(person_id: UUID) -> Place:
    return Place("accounts_user", "phone_sealed", person_id)


def document_place(document_id: UUID) -> Place:
    return Place("accounts_document", "sealed", document_id)


def phone_of(person: User) -> str:
    """Return somebody's phone number, empty when they gave none. Raises `SealBroken`.

    One query, or none where `data_keys` were prefetched.
    """
    if person.phone_sealed is None:
        return ""
    keys = [key for key in person.data_keys.all() if key.purpose == Purpose.PROFILE]
    return open_for(
        key=keys[0] if keys else None,
        sealed=bytes(person.phone_sealed),
        place=phone_place(person.id),
    ).decode()


def _make_key(person_id: UUID, purpose: Purpose) -> DataKey:
    key = DataKey(person_id=person_id, purpose=purpose)
    key.wrapped = keyring().seal(secrets.token_bytes(KEY_BYTES), place=_place_of(key))
    # Two at once make two keys, of which one is kept: both then take that one.
    DataKey.objects.bulk_create([key], ignore_conflicts=True)
    return DataKey.objects.get(person_id=person_id, purpose=purpose)


def _ring_of(key: DataKey) -> Keyring:
    if key.wrapped is None:
        raise DataErased
    return Keyring([(_PERSON, unseal(bytes(key.wrapped), place=_place_of(key)))])


def _place_of(key: DataKey) -> Place:
    return Place("accounts_datakey", "wrapped", key.id)


def _tell(broken: SealBroken) -> None:
    logger.error("a sealed value does not open", place=broken.place, reason=broken.reason)
    # Connections belong to threads; this one commits whatever becomes of the caller's.
    teller = Thread(target=_append, args=(broken, causes.current()))
    teller.start()
    teller.join()


def _append(broken: SealBroken, cause: causes.Cause) -> None:
    try:
        with causes.bind(cause), transaction.atomic():
            append_event(
                type="seal.broken",
                subject=broken.place[:64],
                owner_id=None,
                data={"place": broken.place, "reason": broken.reason},
            )
    finally:
        connection.close()
