"""What is sent twice, or by many at once, happens once, and no limit is passed.

Real threads with connections of their own. `PURSER_RACES` says how many pairs there are (40).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.tests.factories import person
from events.causes import Cause
from ledger import references
from ledger.errors import LedgerRefusal
from ledger.money import Money
from ledger.operations.verify import run_checks
from wallets.checks import WALLET_CHECKS
from wallets.errors import LimitExceeded, OutsideTransaction, WalletRefusal
from wallets.facts import WalletFacts
from wallets.models import Transfer, Usage, Wallet
from wallets.operations import (
    ReversalOrder,
    TransferOrder,
    TransferTask,
    TransitOrder,
    cancel_transfer,
    claim_transfer,
    count_use,
    recover_transfer,
    reverse_transfer,
    send_in_transit,
    transfer,
    transfer_many,
)
from wallets.tariff import Terms
from wallets.tests.factories import holds, wallet_of

pytestmark = pytest.mark.usefixtures("committed_db")

PAIRS = int(os.environ.get("PURSER_RACES", "40"))
ONE = Money.of("1", "NGN")
NOTHING = Money.of("0", "NGN")


def facts(wallet: Wallet) -> WalletFacts:
    return WalletFacts(wallet.number, wallet.account_id, wallet.owner_id, wallet.currency)


def reference(prefix: str = "TRF") -> str:
    return references.spell(prefix, at=timezone.now(), entropy=secrets.randbits(64))


def order(source: Wallet, destination: Wallet, terms: Terms | None = None) -> TransferOrder:
    return TransferOrder(
        reference=reference(),
        source=facts(source),
        destination=facts(destination),
        amount=ONE,
        at=timezone.now(),
        terms=terms or Terms(NOTHING),
    )


def invited(source: Wallet, email: str) -> Transfer:
    with transaction.atomic():
        return send_in_transit(
            TransitOrder(
                reference=reference(),
                source=facts(source),
                amount=ONE,
                at=timezone.now(),
                email=email,
                terms=Terms(NOTHING),
            )
        )


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run works in threads that start together; what is refused is returned."""
    start = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        try:
            start.wait()
            with transaction.atomic():
                return work()
        except (WalletRefusal, LedgerRefusal) as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def made(outcomes: Sequence[Any]) -> int:
    return sum(not isinstance(outcome, Exception) for outcome in outcomes)


def proved() -> None:
    assert [f.detail for f in run_checks(WALLET_CHECKS) if not f.ok] == []


def test_double_reversals_give_back_once() -> None:
    source, target = wallet_of(person(), holding=str(PAIRS)), wallet_of(person())
    orders = [order(source, target) for _ in range(PAIRS)]
    for one in orders:
        transfer(order=one)
    transfers = [Transfer.objects.get(entry__reference=one.reference) for one in orders]

    for sent in transfers:

        def give_back(sent: Transfer = sent) -> Any:
            return reverse_transfer(
                transfer=sent,
                order=ReversalOrder(reference("RVS"), timezone.now(), "twice"),
            )

        assert made(at_once(give_back, give_back)) == 1

    assert (holds(source), holds(target)) == (f"{PAIRS}.00", "0.00")
    proved()


def test_partial_reversals_at_once_come_to_no_more_than_the_whole() -> None:
    source, target = wallet_of(person(), holding="1"), wallet_of(person(), holding="5")
    one = order(source, target)
    transfer(order=one)
    sent = Transfer.objects.get(entry__reference=one.reference)

    def give_back() -> Any:
        part = ReversalOrder(reference("RVS"), timezone.now(), "part", Money.of("0.30", "NGN"))
        return reverse_transfer(transfer=sent, order=part)

    assert made(at_once(*[give_back] * 8)) == 3
    assert (holds(source), holds(target)) == ("0.90", "5.10")


def test_claim_cancel_and_recovery_at_once_are_one_effect() -> None:
    alice = person()
    carol = person()
    source, target = wallet_of(alice, holding=str(PAIRS)), wallet_of(carol)

    for _ in range(PAIRS):
        sent = invited(source, carol.email)
        name = sent.entry.reference

        def claim(name: str = name) -> Any:
            return claim_transfer(reference=name, claimant_id=carol.id, at=timezone.now())

        def cancel(name: str = name) -> Any:
            return cancel_transfer(reference=name, sender_id=alice.id, at=timezone.now())

        def recover(sent: Transfer = sent) -> Any:
            return recover_transfer(transfer=sent, at=timezone.now())

        at_once(claim, claim, cancel, cancel, recover)
        sent.refresh_from_db()
        assert sent.status in {"completed", "cancelled", "failed"}

    claimed = Transfer.objects.filter(source=source, status="completed").count()
    assert (holds(source), holds(target)) == (f"{PAIRS - claimed}.00", f"{claimed}.00")
    proved()


def test_no_limit_is_passed_by_many_at_once() -> None:
    source, target = wallet_of(person(), holding="100"), wallet_of(person())
    terms = Terms(NOTHING, [None, 10, 800, None, None])

    def alone() -> Any:
        return transfer(order=order(source, target, terms))

    def together() -> Any:
        tasks = [TransferTask(order(source, target, terms), None, Cause()) for _ in range(3)]
        return transfer_many(tasks)

    at_once(*[alone] * 8, *[together] * 4)

    assert holds(target) == "8.00"
    used = Usage.objects.get(wallet=source, operation="transfer")
    assert (used.day_count, used.day_minor) == (8, 800)


def test_no_use_is_counted_twice_or_lost() -> None:
    wallet = wallet_of(person())

    def use() -> Any:
        return count_use(wallet=wallet, operation="payout", amount=ONE, at=timezone.now())

    outcomes = at_once(*[use] * 12)

    assert made(outcomes) == 12
    assert Usage.objects.get(wallet=wallet, operation="payout").day_count == 12
    with pytest.raises(OutsideTransaction):
        use()


def test_wallet_is_never_filled_beyond_what_it_may_hold() -> None:
    sources = [wallet_of(person(), holding="10") for _ in range(4)]
    target = wallet_of(person())
    terms = Terms(NOTHING, None, [None, None, 700, None])

    def send(source: Wallet) -> Callable[[], Any]:
        return lambda: transfer(order=order(source, target, terms))

    outcomes = at_once(*[send(source) for source in sources for _ in range(3)])

    assert made(outcomes) == 7
    assert holds(target) == "7.00"
    assert not any(isinstance(outcome, LimitExceeded) for outcome in outcomes)
