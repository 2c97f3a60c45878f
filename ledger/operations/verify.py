from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from ledger.checks import Check, Range

STEP = 100_000

# A step that spills to disk takes three times as long.
_SNAPSHOT = """
    SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
    SET LOCAL work_mem = '128MB'; SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0
"""

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: `detail` names the first broken row, and is empty when none is."""

    name: str
    sentence: str
    checked: int
    detail: str

    @property
    def ok(self) -> bool:
        return not self.detail


def all_checks() -> list[Check]:
    """Return the checks of the ledger and of every app that builds on it."""
    return [check for name in settings.LEDGER_CHECKS for check in import_string(name)]


def verify(*, step: int = STEP, progress: Progress | None = None) -> list[Finding]:
    """Prove the books: run every check over one snapshot, while the platform goes on.

    `progress` is told the check's name and the share of it that is done.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(_SNAPSHOT)
        return run_checks(all_checks(), step=step, progress=progress)


def run_checks(
    checks: Iterable[Check], *, step: int = STEP, progress: Progress | None = None
) -> list[Finding]:
    """Run checks over what the transaction of the caller sees."""
    return [_run(check, step=step, progress=progress) for check in checks]


def _run(check: Check, *, step: int, progress: Progress | None) -> Finding:
    checked, detail = 0, ""
    steps = list(_steps(check.over, step))
    for done, (low, high) in enumerate(steps):
        if progress:
            progress(check.name, done / len(steps))
        with connection.cursor() as cursor:
            cursor.execute(check.sql, {"low": low, "high": high})
            count, broken = cursor.fetchone()
        checked += count
        detail = detail or broken or ""
    return Finding(check.name, check.sentence, checked, detail)


def _steps(over: Range, step: int) -> Iterator[tuple[int, int]]:
    """Cut the ids of a table into ranges of some `step` rows, postings counted for accounts."""
    if over is Range.WHOLE:
        return iter([(0, 0)])
    if over is Range.ACCOUNTS:
        return _account_steps(step)
    return _id_steps(over, step)


def _id_steps(over: Range, step: int) -> Iterator[tuple[int, int]]:
    # Postings may name an entry that is gone: look past both ends of what is there.
    last = "greatest(max(id), (SELECT max(entry_id) FROM ledger_posting))"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(least(min(id), 1), 1), {last} FROM {over}")  # noqa: S608
        low, high = cursor.fetchone()
    yield from ((at, at + step - 1) for at in range(low, (high or 0) + 1, step))


def _account_steps(step: int) -> Iterator[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT min(id), max(id) FROM (
                SELECT id, div(sum(sequence + 1) OVER (ORDER BY id), %s) AS step
                FROM ledger_ledgeraccount) a
            GROUP BY step ORDER BY step
            """,
            [step],
        )
        yield from cursor.fetchall()
