from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from accounts import vault
from accounts.errors import SealBroken
from accounts.sealing import Place
from events.operations import append_event

_OLDER = "WHERE {column} IS NOT NULL AND substring({column} FOR {length}) <> {prefix}"
_COUNT = "SELECT count(*) FROM {table} " + _OLDER  # noqa: S608 -- our own text
_BATCH = (
    "SELECT id, {column} FROM {table} "  # noqa: S608 -- likewise
    + _OLDER
    + " AND (%(after)s::text IS NULL OR id > %(after)s) ORDER BY id LIMIT %(batch)s"
    + " FOR NO KEY UPDATE"
)
_WRITE = "UPDATE {table} SET {column} = %(sealed)s WHERE id = %(id)s"


@dataclass(frozen=True, slots=True)
class Rotation:
    """How many values were sealed anew with `key`, and which places did not open."""

    key: str
    sealed: int
    broken: list[str]


def rotate_field_keys(*, told: Callable[[str, int, int], None], batch: int = 500) -> Rotation:
    """Seal with the newest field key whatever an older one sealed.

    Works in batches, each a transaction of its own: stopped, it goes on where it was; done, it
    finds nothing. What does not open is left as it is and named. `told` hears the column, how
    many of it are done, and how many there were.
    """
    sealed, broken = 0, []
    for name in settings.SEALED_COLUMNS:
        table, _, column = name.partition(".")
        total, done = _ask(_COUNT, table, column)[0][0], 0
        after = None
        while rows := _rotate_batch(table, column, after=after, batch=batch):
            faults = [fault for _, fault in rows if fault]
            broken += faults
            sealed += len(rows) - len(faults)
            done += len(rows)
            after = rows[-1][0]
            told(name, done, total)

    with transaction.atomic():
        append_event(
            type="field_keys.rotated",
            subject=vault.keyring().current,
            owner_id=None,
            data={"sealed": sealed, "broken": len(broken)},
        )
    return Rotation(vault.keyring().current, sealed, broken)


def _rotate_batch(
    table: str, column: str, *, after: object, batch: int
) -> list[tuple[object, str | None]]:
    """Return the ids of a batch, each with its place if it did not open."""
    with transaction.atomic():
        rows = _ask(_BATCH, table, column, after=after, batch=batch)
        return [(row, _seal_anew(Place(table, column, row), sealed)) for row, sealed in rows]


def _seal_anew(place: Place, sealed: bytes) -> str | None:
    try:
        plain = vault.unseal(sealed, place=place)
    except SealBroken:
        return str(place)
    anew = vault.keyring().seal(plain, place=place)
    _ask(_WRITE, place.table, place.column, id=place.row, sealed=anew)
    return None


def _ask(query: str, table: str, column: str, **parameters: object) -> list[tuple[Any, ...]]:
    prefix = vault.keyring().prefix
    spelled = sql.SQL(query).format(
        table=sql.Identifier(table),
        column=sql.Identifier(column),
        length=sql.Literal(len(prefix)),
        prefix=sql.Literal(prefix),
    )
    with connection.cursor() as cursor:
        cursor.execute(spelled, parameters)
        return cursor.fetchall() if cursor.description else []
