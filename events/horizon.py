"""How far the event log can be read without missing what is still being written.

Events get their numbers before they are committed, so a reader that has seen number 7 may yet
be overtaken by a 6. Whoever writes an event holds a lock on its table, taken before the number
and let go after the commit has become visible. So: look at the greatest number there is, then
at who holds that lock; once all of those are done, nothing up to that number can come any more.
Writers pay nothing for it, and only those who write events are waited for.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import connection

_GREATEST = "SELECT coalesce(max(id), 0) FROM events_event"
# Transactions are named so that no later one has the same name.
_WRITERS = """
    SELECT virtualtransaction FROM pg_locks
    WHERE locktype = 'relation' AND relation = 'events_event'::regclass
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND mode = 'RowExclusiveLock' AND pid IS DISTINCT FROM pg_backend_pid()
"""


@dataclass(slots=True)
class Horizon:
    """`settled`: nothing up to this number can still come; -1 while that is unknown.

    `candidate` is a number that is waited for, and `writers` are those who have to end first.
    """

    settled: int = -1
    candidate: int = -1
    writers: frozenset[str] = field(default_factory=frozenset)

    def advance(self) -> int:
        """Look again and return what is settled now; two questions to the database.

        What is read afterwards, in a statement of its own, is all there is up to that number.
        Writers that overlap without end hold nothing up: only those seen first are waited for.
        """
        with connection.cursor() as cursor:
            cursor.execute(_GREATEST)
            greatest = int(cursor.fetchone()[0])
            cursor.execute(_WRITERS)
            writing = frozenset(name for (name,) in cursor)
        if not writing:
            self.settled = self.candidate = greatest
            self.writers = writing
        elif not self.writers & writing:
            self.settled = max(self.settled, self.candidate)
            self.candidate, self.writers = greatest, writing
        return self.settled
