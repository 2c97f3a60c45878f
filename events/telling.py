"""What is told of an event, and to whom. The same words in lists, streams and webhooks.

A customer's own events are told as they are. What concerns others besides, and what their
wallets hold, an app above this one knows, which the setting `EVENT_TELLER` names: a module
with the functions of `_Teller`.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import Any, Protocol, cast
from uuid import UUID

from django.conf import settings

from events import names, queries
from events.errors import UnknownPosition
from events.models import Event
from events.names import Position

API_VERSION = "v1"


@dataclass(frozen=True, slots=True)
class Told:
    """What one person is told of an event, and by which type they know it."""

    owner_id: UUID
    type: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Telling:
    """Something that is told to one person, and where it stands in the log."""

    position: Position
    told: Told
    subject: str
    at: datetime


class _Teller(Protocol):
    def shared_types(self) -> Collection[str]:
        """Types of events that concern others than their owner."""
        ...

    def tell(self, events: Sequence[Event]) -> Mapping[int, Sequence[Told]]:
        """Return what is told of each of these events of shared types, the owner first."""
        ...

    def shared_with(self, owner_id: UUID, *, limit: int) -> Sequence[int]:
        """Ids of the newest `limit` events of shared types that concern this person."""
        ...

    def balances(self, numbers: Collection[str]) -> Mapping[str, tuple[UUID, dict[str, Any]]]:
        """Return the owner of each wallet and what it holds now."""
        ...


@cache
def teller() -> _Teller:
    return cast(_Teller, import_module(settings.EVENT_TELLER))


def tell(events: Sequence[Event]) -> list[Telling]:
    """Return all that is told of these events, in the order of the log."""
    wanted = [event for event in events if queries.is_told(event.type)]
    shared = teller().shared_types()
    known = teller().tell([event for event in wanted if event.type in shared])
    found = []
    for event in wanted:
        told = known.get(event.id) or _to_owner(event)
        found += [
            Telling(Position(event.id, part), words, event.subject, event.recorded_at)
            for part, words in enumerate(told)
        ]
    return sorted(found, key=lambda telling: telling.position)


def document(telling: Telling) -> dict[str, Any]:
    """Write what is told as receivers read it."""
    return {
        "id": spell(telling.position),
        "type": telling.told.type,
        "timestamp": telling.at,
        "api_version": API_VERSION,
        "subject": telling.subject,
        "data": dict(telling.told.data),
    }


def wallets_in(tellings: Iterable[Telling]) -> set[str]:
    """The numbers of the wallets that these may have changed."""
    members = ("wallet", "source", "destination")
    return {
        value
        for telling in tellings
        for member in members
        if isinstance(value := telling.told.data.get(member), str) and value.isdigit()
    }


def spell(position: Position) -> str:
    """Return the public name of what stands at a position."""
    return names.spell(position, key=_key())


def read(name: str) -> Position:
    """Return the position of what has this name. Raises `UnknownPosition`."""
    try:
        return names.read(name, key=_key())
    except ValueError as fault:
        raise UnknownPosition from fault


def _to_owner(event: Event) -> list[Told]:
    return [Told(event.owner_id, event.type, event.data)] if event.owner_id else []


def _key() -> bytes:
    # It stays for ever, as names must that clients keep.
    return b64decode(settings.FIELD_INDEX_KEY)
