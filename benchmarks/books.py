"""What grows: bytes for each transfer, the proof of the books, and posting to large ones."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

from django.db import connection, transaction

from benchmarks import clients, operations
from benchmarks.limit import limit
from benchmarks.meters import Sample, Watch, Work
from benchmarks.rounds import Contender, Effort, compare
from benchmarks.stage import Stage, in_database
from ledger.checks import BALANCES_ARE_THE_POSTINGS
from ledger.operations import all_checks
from ledger.operations.verify import run_checks

SMALL, LARGE = "books_small", "books_large"
_TRANSFERS = 20_000
_SIZES = """
    SELECT c.relname, pg_relation_size(c.oid) FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'i')
"""


def size(stage: Stage, effort: Effort) -> dict[str, Any]:
    """Return the bytes that a keyed transfer adds, to each table and index and in all."""
    before = _sizes()
    once = operations.whole_transfer(stage.crowd)(2)
    for _ in range(_TRANSFERS):
        once()
    after = _sizes()
    grown = {name: (after[name] - before.get(name, 0)) / _TRANSFERS for name in after}
    parts = sorted((name for name in grown if grown[name]), key=lambda name: -grown[name])
    by_relation = {name: round(grown[name], 1) for name in parts}
    return {"bytes for each transfer": sum(grown.values()), "bytes by relation": by_relation}


def integrity(stage: Stage, effort: Effort) -> dict[str, Any]:
    """Return how many seconds it takes to prove a million postings."""
    with in_database(LARGE):
        _fill(stage, 1_000_000, effort)
        found: dict[str, Any] = {"postings proved": _postings()}
        started = time.perf_counter()
        for check in all_checks():
            began = time.perf_counter()
            _prove([check])
            found[f"seconds for {check.name}"] = time.perf_counter() - began
        found["seconds for all checks"] = time.perf_counter() - started
        one_pass = f"seconds for {BALANCES_ARE_THE_POSTINGS.name}"
        found["seconds for one pass over all balances"] = found[one_pass]
    return found


def growth(stage: Stage, effort: Effort) -> list[Sample]:
    """Posting to books of 0.1 million and of 5 million postings, in turn."""
    for name, postings in ((SMALL, 100_000), (LARGE, 5_000_000)):
        with in_database(name):
            _fill(stage, postings, effort)

    def post_to(name: str) -> Contender:
        return lambda watch: _post_to(stage, name, effort.seconds, watch)

    contenders: dict[str, Contender] = {
        "post to 0.1 million postings, 8 clients": post_to(SMALL),
        "post to 5 million postings, 8 clients": post_to(LARGE),
        "limit meanwhile, 8 clients": lambda watch: limit(
            stage, watch, pattern="uniform", clients=8, seconds=effort.seconds
        ),
    }
    return compare(contenders, stage.meter, effort)


def _post_to(stage: Stage, name: str, seconds: float, watch: Watch) -> Work:
    with in_database(name):
        make = operations.posting(stage.crowd)
        return clients.loop(make, watch, clients=8, seconds=seconds)


def _fill(stage: Stage, postings: int, effort: Effort) -> None:
    """Post batches until there are so many postings; statistics are then up to date."""
    fill = partial(clients.loop, operations.batch(stage.crowd, 1000), clients=2, seconds=5.0)
    while (there := _postings()) < postings:
        effort.say(f"filling the books: {there:,} of {postings:,} postings")
        fill(Watch(stage.meter))
    stage.execute(f"\\connect {connection.settings_dict['NAME']}\nVACUUM ANALYZE;\nCHECKPOINT;")


def _postings() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_posting")
        count: int = cursor.fetchone()[0]
    return count


def _prove(checks: list[Any]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '128MB'")  # as the command itself has it
        for finding in run_checks(checks):
            if not finding.ok:
                raise RuntimeError(f"the books are broken: {finding.detail}")


def _sizes() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(_SIZES)
        return dict(cursor.fetchall())
