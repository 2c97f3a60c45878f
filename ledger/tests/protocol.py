"""What goes between a client and PostgreSQL, counted in the protocol itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection
from psycopg.pq import Trace

# What ends a message that the server answers: a simple query, or a Sync of the extended protocol.
_ASKED = re.compile(r"^F\t\d+\t(Query|Sync)\b", re.MULTILINE)


def round_trips(log: Path, work: Callable[[], Any]) -> int:
    """Count the round trips of `work` on this thread's connection."""
    connection.ensure_connection()
    server = connection.connection.pgconn
    with log.open("w") as file:
        server.trace(file.fileno())
        server.set_trace_flags(Trace.SUPPRESS_TIMESTAMPS)
        work()
        server.untrace()
    return len(_ASKED.findall(log.read_text()))
