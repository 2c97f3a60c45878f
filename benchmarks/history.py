"""One wallet with a million lines: how long does a page take, and what memory the whole of it?

    .venv/bin/python -m benchmarks.history
    .venv/bin/python -m benchmarks.history --lines 50000 --json

Starts a PostgreSQL of its own, as `script/benchmark` does, and removes it. Times are taken by the
process that asks, so the database's own are shorter. Exits with 1 when the first page or page
10,000 (or the last there is) takes 50 ms or more in the slowest twentieth, when sending all lines
as CSV takes 200 MB more than a server at rest, or when the books are not proved afterwards.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from benchmarks.__main__ import ELSEWHERE, ROOT

if TYPE_CHECKING:
    from benchmarks.stage import Member, Stage

LONGEST_MS, MOST_MEGABYTES = 50.0, 200.0
_SIZE, _DEEP = 50, 10_000
# Lines whose movement was a transfer have its row to look up as well, and it has its event.
_TRANSFERS = """
    WITH made AS (
        INSERT INTO wallets_transfer (entry_id, source_id, destination_id, amount_minor, fee_minor,
                                      currency, status, description)
        SELECT e.id, f.account_id, t.account_id, t.amount_minor, 0, 'NGN', 'completed',
               'line ' || e.id
        FROM ledger_journalentry e
        JOIN ledger_posting f ON f.entry_id = e.id AND f.amount_minor < 0
        JOIN ledger_posting t ON t.entry_id = e.id AND t.amount_minor > 0
        WHERE e.kind = 'transfer' AND left(e.reference, 4) = 'TRF_'
        RETURNING entry_id, source_id)
    INSERT INTO events_event (type, subject, owner_id, request_id, data)
    SELECT 'transfer.completed', e.reference, w.owner_id, '', '{}'
    FROM made JOIN ledger_journalentry e ON e.id = made.entry_id
    JOIN wallets_wallet w ON w.account_id = made.source_id
"""


def main() -> int:
    arguments = _arguments()
    for name in ELSEWHERE:
        os.environ.pop(name, None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "var", prefix="benchmark-") as directory:
        os.environ["PURSER_VAR"] = directory
        # Settings are read when these are imported, and must find the directory.
        from benchmarks.stage import open_stage  # noqa: PLC0415
        from config.embedded.progress import Progress  # noqa: PLC0415

        progress = Progress(sys.stderr)
        with open_stage(200, progress.say) as stage:
            found = _measure(stage, arguments, progress.say)
    failed = _judge(found)
    if arguments.json:
        sys.stdout.write(json.dumps(found | {"missed": failed}) + "\n")
    else:
        for name, figure in found.items():
            sys.stdout.write(f"{name:<46} {figure}\n")
        sys.stdout.write(f"missed: {', '.join(failed)}\n" if failed else "Nothing was missed.\n")
    return int(bool(failed))


def _measure(
    stage: Stage, arguments: argparse.Namespace, say: Callable[[str], None]
) -> dict[str, Any]:
    from django.core.management import call_command  # noqa: PLC0415 -- wants Django set up

    member = stage.crowd[0]
    _fill(stage, arguments.lines, say)
    say("reading pages")
    found = _pages(member, arguments.lines, arguments.rounds)
    say("sending all of it")
    found |= _export(member)
    say("proving the books")
    try:
        call_command("ledger_verify", stdout=sys.stderr)
    except SystemExit:
        return found | {"books proved": False}
    return found | {"books proved": True}


def _fill(stage: Stage, lines: int, say: Callable[[str], None]) -> None:
    """Let the first of the crowd be paid by the others and pay back, in entries of the journal."""
    from benchmarks import operations  # noqa: PLC0415 -- models need Django set up

    pay = operations.to_and_fro(stage.crowd, 1_000)
    done = 0
    while done < lines:
        done += pay()
        if done % 20_000 == 0:
            say(f"{done:,} of {lines:,} lines")
    database = stage.superuser("purser").database
    stage.execute(f"\\connect {database}\n{_TRANSFERS};\nVACUUM ANALYZE;\nCHECKPOINT;")


def _pages(member: Member, lines: int, rounds: int) -> dict[str, Any]:
    from benchmarks.operations import facts_of  # noqa: PLC0415 -- models need Django set up
    from wallets.histories import History, LineFilter, balance_course, turnover  # noqa: PLC0415

    wallet = facts_of(member)
    deep = max(_SIZE, lines - _SIZE * (min(_DEEP, lines // _SIZE) - 1))
    middle = History(wallet).lines(after=(lines // 2,), newer=False, limit=1)[0]
    early, late = middle.recorded_at.replace(microsecond=0), middle.recorded_at
    cases: dict[str, Callable[[], Any]] = {
        "first page": lambda: _page(wallet, LineFilter(), None),
        f"page {min(_DEEP, lines // _SIZE):,}": lambda: _page(wallet, LineFilter(), deep),
        "page of a type, in the middle": lambda: _page(
            wallet, LineFilter(type="transfer_in"), lines // 2
        ),
        "page of a time in the middle": lambda: _page(wallet, LineFilter(until=late), None),
        "search for a reference": lambda: _page(wallet, LineFilter(text=middle.reference), None),
        "search for a counterparty": lambda: _page(
            wallet, LineFilter(text=middle.counterparty), None
        ),
        "search for words of one line": lambda: _page(
            wallet, LineFilter(text=middle.description), None
        ),
        "sums of a second": lambda: turnover(wallet, since=early, until=late),
        "sums of all": lambda: turnover(wallet, since=early.replace(year=2000), until=late),
        "course of the balance": lambda: balance_course(account_id=wallet.account_id, points=241),
    }
    found = {}
    for name, once in cases.items():
        p50, p95 = _times(once, rounds if "page" in name else max(3, rounds // 40))
        found[f"{name}, ms p50"], found[f"{name}, ms p95"] = p50, p95
    return found


def _page(wallet: Any, wanted: Any, after: int | None) -> Any:
    from wallets.histories import History  # noqa: PLC0415 -- models need Django set up

    edge = None if after is None else (after,)
    return History(wallet, wanted).lines(after=edge, newer=False, limit=_SIZE + 1)


def _times(once: Callable[[], Any], rounds: int) -> tuple[float, float]:
    once()  # plans
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        once()
        times.append((time.perf_counter() - began) * 1000)
    return round(statistics.median(times), 2), round(statistics.quantiles(times, n=20)[-1], 2)


def _export(member: Member) -> dict[str, Any]:
    """Let a server send the history as CSV over HTTP; return what it took."""
    import requests  # noqa: PLC0415

    from benchmarks import servers  # noqa: PLC0415 -- reads the settings
    from benchmarks.logins import Peak, group, megabytes  # noqa: PLC0415

    with servers.wallet() as server:
        url = f"http://127.0.0.1:{server.port}/api/v1/wallets/{member.number}/transactions"
        headers = {"Authorization": f"Bearer {member.token}", "Accept": "application/json"}
        for _ in range(10):  # what a server loads with its first answers
            requests.get(url, headers=headers, timeout=60).raise_for_status()
        processes = group(server.pid)
        resting = megabytes(processes)
        began = time.perf_counter()
        with Peak(processes) as peak:
            answer = requests.get(
                url, headers=headers | {"Accept": "text/csv"}, stream=True, timeout=60
            )
            answer.raise_for_status()
            size = ends = 0
            for piece in answer.iter_content(1 << 16):
                size += len(piece)
                ends += piece.count(b"\n")
        took = time.perf_counter() - began
    return {
        "CSV lines": ends - 1,
        "CSV MB": round(size / 1e6, 1),
        "CSV seconds": round(took, 1),
        "CSV MB of memory more": round(peak.megabytes - resting, 1),
    }


def _judge(found: dict[str, Any]) -> list[str]:
    pages = [name for name in found if name.startswith(("first page", "page 1", "page 2"))]
    slow = [name for name in pages if name.endswith("p95") and found[name] >= LONGEST_MS]
    if found["CSV MB of memory more"] >= MOST_MEGABYTES:
        slow.append("CSV MB of memory more")
    if not found["books proved"]:
        slow.append("books proved")
    return slow


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.history", description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000, help="of the wallet (1,000,000)")
    parser.add_argument("--rounds", type=int, default=400, help="reads of each page (400)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    if arguments.lines < 2_000 or arguments.rounds < 40:
        parser.error("wanted: 2,000 lines, 40 rounds, or more")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
