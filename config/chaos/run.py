"""`script/chaos`: kill everything under load, again and again, and audit what is left."""

from __future__ import annotations

import argparse
import itertools
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from config.chaos.client import Answer, Client, Order
from config.chaos.judge import Books, Verdict, read_balances, read_books
from config.chaos.load import Load
from config.chaos.server import Server
from config.embedded.errors import LauncherRefusal
from config.embedded.progress import Progress

# Who is killed in turn. A leader is brought back by our supervisor or, for PostgreSQL, by its
# watch; a child by its leader.
_VICTIMS = ("web", "worker", "postgres")
_BACK_WITHIN = 30.0
_FINAL_WITHIN = 60.0
_REPLAYS = 300


def main(arguments: Sequence[str]) -> int:
    """Run the trial; return 0 when nothing was lost, doubled or misreported."""
    parser = argparse.ArgumentParser(prog="script/chaos", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10, help="kills of each program (10)")
    parser.add_argument("--threads", type=int, default=8, help="clients at once (8)")
    parser.add_argument("--users", type=int, default=20, help="wallets between them (20)")
    options = parser.parse_args(arguments)
    progress = Progress()
    var = Path(tempfile.mkdtemp(prefix="purser-chaos-"))
    server = Server(var)
    verdict = Verdict()
    progress.say(f"starting an installation in {var}")
    with server.running():
        _trial(server, options, progress, verdict)
    for sentence in verdict.wrong[:20]:
        progress.plain(f"  WRONG: {sentence}")
    if verdict.wrong:
        progress.plain(f"{len(verdict.wrong)} things are wrong; the evidence is in {var}")
        return 1
    shutil.rmtree(var)
    progress.plain("nothing was lost, doubled or misreported")
    return 0


def _trial(
    server: Server, options: argparse.Namespace, progress: Progress, verdict: Verdict
) -> None:
    people = server.seed(options.users)
    before = read_balances(server, people)
    progress.say(f"{len(people)} wallets are funded; {options.threads} clients begin")
    load = Load(server.port, people, threads=options.threads)
    load.start()
    try:
        _wait_for_more(load, "the first transfers")
        for turn in range(options.rounds):
            for program in _VICTIMS:
                # In turn the leader, and one of the processes that do its work.
                _strike(server, load, program, child=bool(turn % 2), progress=progress)
    finally:
        load.stop()
    books = read_books(server)
    progress.say(f"quiet; asking again about {len(load.unknown)} orders that had no answer")
    retries = _retry(server, load.unknown)
    _judge(verdict, load, books, retries)
    _replay(server, load, verdict)

    answers = load.answered | {order: answer for order, answer in retries.items() if answer}
    final = read_books(server)
    for order, answer in answers.items():
        verdict.answered(order, answer, final)
    verdict.expect(
        set(final) <= {order.mark for order in answers}, "there are transfers nobody asked for"
    )
    done = [order for order, answer in answers.items() if answer.done]
    verdict.balances(before, read_balances(server, people), done)
    proof = server.manage("ledger_verify")
    verdict.expect(proof.returncode == 0, f"ledger_verify: {proof.stdout}{proof.stderr}")
    _summarise(load, books, progress, proof.stdout.strip())


def _strike(server: Server, load: Load, program: str, *, child: bool, progress: Progress) -> None:
    leader = server.leader(program)
    # The children of PostgreSQL fall with it: there the leader is killed every time.
    victim = server.strike(program, child=child and program != "postgres")
    struck_at = time.monotonic()
    while victim == leader and server.leader(program) in {0, leader}:
        if time.monotonic() - struck_at > _BACK_WITHIN:
            raise LauncherRefusal(f"{program} does not come back")
        time.sleep(0.05)
    _wait_for_more(load, f"transfers after {program} was killed")
    what = program if victim == leader else f"a child of {program}"
    progress.say(f"killed {what}; transfers again after {time.monotonic() - struck_at:.1f} s")


def _wait_for_more(load: Load, what: str) -> None:
    """Wait until clients are served again; raises `LauncherRefusal` when they are not."""
    enough = load.done() + 50
    deadline = time.monotonic() + _BACK_WITHIN
    while load.done() < enough:
        if time.monotonic() > deadline:
            raise LauncherRefusal(f"waited {_BACK_WITHIN:.0f} s in vain for {what}")
        time.sleep(0.05)


def _retry(server: Server, unknown: Sequence[Order]) -> dict[Order, Answer | None]:
    client = Client(server.port)
    return {order: client.send_until_answered(order, seconds=_FINAL_WITHIN) for order in unknown}


def _judge(
    verdict: Verdict,
    load: Load,
    books: Books,
    retries: dict[Order, Answer | None],
) -> None:
    for order, answer in load.answered.items():
        verdict.answered(order, answer, books)
    for order, again in retries.items():
        verdict.retried(order, books, again)


def _replay(server: Server, load: Load, verdict: Verdict) -> None:
    """Send some answered orders once more: the same bytes come back, and nothing moves."""
    client = Client(server.port)
    for order, answer in itertools.islice(reversed(load.answered.items()), _REPLAYS):
        again = client.send_until_answered(order, seconds=_FINAL_WITHIN)
        same = again is not None and again.body == answer.body and again.status == answer.status
        verdict.expect(same, f"{order.key} was answered, and its replay says otherwise")


def _summarise(load: Load, books: Books, progress: Progress, proof: str) -> None:
    carried_out = sum(order.mark in books for order in load.unknown)
    progress.say(
        f"{load.done()} transfers acknowledged, {len(load.answered) - load.done()} refused, "
        f"{len(load.unknown)} without an answer, of which {carried_out} had been carried out"
    )
    progress.say(proof)
