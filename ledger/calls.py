"""One prepared statement, straight to the server: for the calls that every request makes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection


def call(sql: str, parameters: Sequence[Any]) -> tuple[Any, ...] | None:
    """Run a statement and return its first row, or None.

    It runs on Django's connection and in its transaction, if there is one, and raises Django's
    errors, but past Django's cursor: parameters are bound by the server (so each needs its
    type written out) and the statement is prepared once for each connection, which together
    save half the client's time.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors:
        cursor = psycopg.Cursor(connection.connection)
        cursor.execute(sql, parameters, prepare=not settings.PGBOUNCER)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row
