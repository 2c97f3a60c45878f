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
    "SELECT {key}, {column} FROM {table} "  # noqa: S608 -- likewise
    + _OLDER
    + " AND (%(after)s::text IS NULL OR {key} > %(after)s) ORDER BY {key} LIMIT %(batch)s"
    + " FOR NO KEY UPDATE"
)
_WRITE = "UPDATE {table} SET {column} = %(sealed)s WHERE {key} = %(row)s"


@dataclass(frozen=True, slots=True)
class Column:
    """Where sealed values are, and the column that tells their rows apart."""

    table: str
    column: str
    key: str


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
    for names in settings.SEALED_COLUMNS:
        column = Column(*names)
        total, done = _ask(_COUNT, column)[0][0], 0
        after = None
        while rows := _rotate_batch(column, after=after, batch=batch):
            faults = [fault for _, fault in rows if fault]
            broken += faults
            sealed += len(rows) - len(faults)
            done += len(rows)
            after = rows[-1][0]
            told(f"{column.table}.{column.column}", done, total)

    with transaction.atomic():
        append_event(
            type="field_keys.rotated",
            subject=vault.keyring().current,
            owner_id=None,
            data={"sealed": sealed, "broken": len(broken)},
        )
    return Rotation(vault.keyring().current, sealed, broken)


def _rotate_batch(column: Column, *, after: object, batch: int) -> list[tuple[object, str | None]]:
    """Return the ids of a batch, each with its place if it did not open."""
    with transaction.atomic():
        rows = _ask(_BATCH, column, after=after, batch=batch)
        return [(row, _seal_anew(column, row, sealed)) for row, sealed in rows]


def _seal_anew(column: Column, row: object, sealed: bytes) -> str | None:
    place = Place(column.table, column.column, row)
    try:
        plain = vault.unseal(sealed, place=place)
    except SealBroken:
        return str(place)
    anew = vault.keyring().seal(plain, place=place)
    _ask(_WRITE, column, row=row, sealed=anew)
    return None


def _ask(query: str, column: Column, **parameters: Any) -> list[tuple[Any, ...]]:
    prefix = vault.keyring().prefix
    spelled = sql.SQL(query).format(
        table=sql.Identifier(column.table),
        column=sql.Identifier(column.column),
        key=sql.Identifier(column.key),
        length=sql.Literal(len(prefix)),
        prefix=sql.Literal(prefix),
    )
    with connection.cursor() as cursor:
        cursor.execute(spelled, parameters)
        return cursor.fetchall() if cursor.description else []
