"""Prepared statements, straight to the server: for the calls that every request makes.

A cursor costs more than the rest of a client's part in a single call. Outside a transaction
nothing that it does is needed, so parameters and rows go through psycopg's own adapters and
libpq's prepared statements directly, which halves the client's time. Rows come in binary: an
instant written as text costs ten times as much to read. Inside a transaction, and
behind a PgBouncer, Django's connection and a cursor do the same work in their own way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, Format

Row = tuple[Any, ...]


def call(sql: str, parameters: Sequence[Any]) -> Row | None:
    """Run a statement and return its first row, or None.

    `sql` writes its parameters as `$1`, `$2`, each with its type. Runs on Django's connection,
    in its transaction if there is one, and raises Django's errors.
    """
    rows = call_all(sql, parameters)
    return rows[0] if rows else None


def call_all(sql: str, parameters: Sequence[Any]) -> list[Row]:
    """The same, returning every row."""
    wrapper = connections[DEFAULT_DB_ALIAS]  # looked up once: the proxy does at every attribute
    wrapper.ensure_connection()
    server: psycopg.Connection[Any] = wrapper.connection
    with wrapper.wrap_database_errors:
        if wrapper.in_atomic_block or settings.PGBOUNCER:
            return psycopg.RawCursor(server).execute(sql, parameters, binary=True).fetchall()
        return _statements_of(server).run(sql, parameters)


class _Statements:
    """The statements that one connection has prepared. A thread has a connection of its own."""

    def __init__(self, server: psycopg.Connection[Any]) -> None:
        self._server = server.pgconn
        self._encoding = server.info.encoding
        self._adapters = Transformer(server)
        self._names: dict[str, bytes] = {}

    def run(self, sql: str, parameters: Sequence[Any]) -> list[Row]:
        name = self._names.get(sql) or self._prepare(sql)
        values: Any = self._adapters.dump_sequence(parameters, [PyFormat.TEXT] * len(parameters))
        result = self._server.exec_prepared(name, values, result_format=Format.BINARY)
        if result.status != ExecStatus.TUPLES_OK:
            if self._server.status == ConnStatus.BAD:
                # What broke off has no code, and would pass for a fault of the statement.
                raise psycopg.OperationalError("The connection to the database broke.")
            raise error_from_result(result, self._encoding)
        self._adapters.set_pgresult(result)
        return self._adapters.load_rows(0, result.ntuples, tuple)

    def _prepare(self, sql: str) -> bytes:
        name = b"purser_%d" % len(self._names)
        result = self._server.prepare(name, sql.encode())
        if result.status != ExecStatus.COMMAND_OK:
            raise error_from_result(result, self._encoding)
        self._names[sql] = name
        return name


_statements: WeakKeyDictionary[psycopg.Connection[Any], _Statements] = WeakKeyDictionary()


def _statements_of(server: psycopg.Connection[Any]) -> _Statements:
    found = _statements.get(server)
    if found is None:
        found = _statements[server] = _Statements(server)
    return found
