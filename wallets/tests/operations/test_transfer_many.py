from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import KeyedAnswer
from accounts.operations.claim_answer import EarlierAnswer
from accounts.tests.factories import person
from events.causes import Cause
from events.models import Event
from ledger import references
from ledger.errors import InsufficientFunds, LedgerRefusal
from ledger.models import JournalEntry
from ledger.money import Money
from ledger.operations import block_account
from wallets.errors import CurrencyMismatch, ReceiverCannotTake, WalletRefusal
from wallets.facts import WalletFacts
from wallets.models import Transfer, Usage, Wallet
from wallets.operations import (
    AnswerToKeep,
    TransferOrder,
    TransferTask,
    transfer,
    transfer_many,
)
from wallets.tariff import Terms
from wallets.tests.factories import holds, wallet_of

pytestmark = pytest.mark.django_db

BODY = b'{"status":"completed"}'


def facts(wallet: Wallet) -> WalletFacts:
    return WalletFacts(wallet.number, wallet.account_id, wallet.owner_id, wallet.currency)


def task(
    source: Wallet,
    destination: Wallet,
    amount: str,
    *,
    key: UUID | None = None,
    terms: Terms | None = None,
    **cause: Any,
) -> TransferTask:
    now = timezone.now()
    order = TransferOrder(
        reference=references.spell("TRF", at=now, entropy=secrets.randbits(64)),
        source=facts(source),
        destination=facts(destination),
        amount=Money.of(amount, "NGN"),
        at=now,
        description="lunch",
        metadata={"table": 5},
        terms=terms,
    )
    keep = AnswerToKeep(key, UUID(int=7), BODY) if key else None
    return TransferTask(order, keep, Cause(**cause))


def test_each_is_made_whole_with_its_own_cause() -> None:
    alice, bob = person(), person()
    a, b = wallet_of(alice, holding="10"), wallet_of(bob)
    key = uuid4()
    tasks = [
        task(a, b, "3", key=key, request_id="r1", actor_id=alice.id),
        task(b, a, "1", request_id="r2", actor_id=bob.id),
    ]

    assert transfer_many(tasks) == [None, None]

    assert (holds(a), holds(b)) == ("8.00", "2.00")
    for made, who, request_id in zip(tasks, (alice, bob), ("r1", "r2"), strict=True):
        entry = JournalEntry.objects.get(reference=made.order.reference)
        assert (entry.kind, entry.actor_id, entry.request_id) == ("transfer", who.id, request_id)
        assert entry.occurred_at == made.order.at
        row = Transfer.objects.get(entry=entry)
        assert (row.source_id, row.destination_id, row.amount_minor, row.fee_minor) == (
            made.order.source.account_id,
            made.order.destination.account_id,
            made.order.amount.amount_minor,
            0,
        )
        assert (row.status, row.description, row.metadata) == ("completed", "lunch", {"table": 5})
        event = Event.objects.get(subject=entry.reference)
        assert (event.type, event.owner_id, event.actor_id, event.request_id) == (
            "transfer.completed",
            who.id,
            who.id,
            request_id,
        )
    assert KeyedAnswer.objects.filter(request_key=key, status=201).count() == 1


def test_refused_ones_leave_nothing_and_hinder_nobody() -> None:
    a, b, frozen = (wallet_of(person(), holding=money) for money in ("10", "0", "0"))
    block_account(account_id=frozen.account_id, debits=True, credits_=True)
    keys = [uuid4() for _ in range(4)]

    outcomes = transfer_many(
        [
            task(a, b, "10.01", key=keys[0]),
            task(a, frozen, "1", key=keys[1]),
            task(a, b, "10", key=keys[2]),
            task(a, b, "0.01", key=keys[3]),
        ]
    )

    assert [type(outcome) for outcome in outcomes] == [
        InsufficientFunds,
        ReceiverCannotTake,
        type(None),
        InsufficientFunds,
    ]
    assert (holds(a), holds(b), holds(frozen)) == ("0.00", "10.00", "0.00")
    kept = KeyedAnswer.objects.filter(request_key__in=keys)
    assert list(kept.values_list("request_key", flat=True)) == [keys[2]]
    assert Transfer.objects.filter(source=a).count() == 1


def test_key_that_was_used_gets_the_answer_of_then_and_the_rest_go_on() -> None:
    a, b = wallet_of(person(), holding="10"), wallet_of(person())
    used, new = uuid4(), uuid4()
    transfer_many([task(a, b, "1", key=used)])

    outcomes = transfer_many([task(a, b, "2"), task(a, b, "1", key=used), task(b, a, "3", key=new)])

    assert outcomes == [None, EarlierAnswer(UUID(int=7), 201, BODY), None]
    assert (holds(a), holds(b)) == ("10.00", "0.00")


def test_only_used_keys_post_nothing() -> None:
    a, b = wallet_of(person(), holding="10"), wallet_of(person())
    keys = [uuid4(), uuid4()]
    transfer_many([task(a, b, "1", key=key) for key in keys])

    again = transfer_many([task(a, b, "1", key=key) for key in keys])

    assert again == [EarlierAnswer(UUID(int=7), 201, BODY)] * 2
    assert holds(b) == "2.00"


def test_what_no_state_of_the_books_allows_is_refused_before_anything() -> None:
    a, b = wallet_of(person(), holding="10"), wallet_of(person())
    wrong = task(a, b, "1")
    wrong = replace(wrong, order=replace(wrong.order, amount=Money.of("1", "USD")))

    with pytest.raises(CurrencyMismatch):
        transfer_many([task(a, b, "1"), wrong])

    assert holds(b) == "0.00"


Move = tuple[int, int, int, int]
moves = st.lists(
    st.tuples(st.integers(0, 3), st.integers(1, 3), st.integers(1, 80), st.integers(0, 6)),
    min_size=1,
    max_size=12,
)
# Each of four senders has terms of their own; what a wallet may hold is the same for all.
LIMITS: list[int | None] = [60_00, 3, 100_00, None, 150_00]
CEILINGS = [None, None, 160_00, None]
TERMS = (
    Terms(Money.of("0", "NGN"), None, CEILINGS),
    Terms(Money.of("1.50", "NGN"), None, CEILINGS),
    Terms(Money.of("0", "NGN"), LIMITS, CEILINGS),
    Terms(Money.of("0.01", "NGN"), LIMITS, CEILINGS),
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(moves=moves)
def test_many_do_what_single_transfers_do(moves: list[Move]) -> None:
    """Same outcomes, balances, uses, kept keys: one set of wallets against another."""
    with transaction.atomic():
        ones, others = _wallets(), _wallets()
        keys = [uuid4() for _ in range(7)], [uuid4() for _ in range(7)]
        singly = [_single(each) for each in _tasks(moves, ones, keys[0])]
        together: list[str] = []
        seen: set[UUID] = set()
        batch: list[TransferTask] = []
        for each in _tasks(moves, others, keys[1]):
            if each.keep and each.keep.request_key in seen:
                # No two of one key in a call: the gatherer sees to it.
                together += _together(batch)
                batch, seen = [], set()
            if each.keep:
                seen.add(each.keep.request_key)
            batch.append(each)
        together += _together(batch)

        assert together == singly
        assert [holds(wallet) for wallet in others] == [holds(wallet) for wallet in ones]
        assert _uses(others) == _uses(ones)
        assert _kept(keys[1]) == _kept(keys[0])
        transaction.set_rollback(True)


def _wallets() -> list[Wallet]:
    wallets = [wallet_of(person(), holding="100") for _ in range(4)]
    block_account(account_id=wallets[0].account_id, debits=False, credits_=True)
    return wallets


def _tasks(moves: list[Move], wallets: list[Wallet], keys: list[UUID]) -> list[TransferTask]:
    return [
        task(
            wallets[source],
            wallets[(source + step) % 4],
            str(amount),
            key=keys[key] if key else None,
            terms=TERMS[source],
        )
        for source, step, amount, key in moves
    ]


def _single(each: TransferTask) -> str:
    try:
        return _spelled(transfer(order=each.order, keep=each.keep))
    except (LedgerRefusal, WalletRefusal) as refusal:
        return refusal.code


def _together(batch: list[TransferTask]) -> list[str]:
    return [_spelled(outcome) for outcome in transfer_many(batch)] if batch else []


def _spelled(outcome: EarlierAnswer | Exception | None) -> str:
    if isinstance(outcome, Exception):
        return str(getattr(outcome, "code", ""))
    return "made" if outcome is None else f"earlier {outcome.status}"


def _uses(wallets: list[Wallet]) -> list[tuple[int, ...]]:
    """How often and how much each wallet's uses count, of those that count any."""
    rows = Usage.objects.filter(wallet__in=wallets, day_count__gt=0).order_by("wallet_id")
    numbers = [wallet.account_id for wallet in wallets]
    return [
        (numbers.index(row.wallet_id), row.day_count, row.day_minor, row.month_minor)
        for row in rows
    ]


def _kept(keys: list[UUID]) -> list[bool]:
    return [KeyedAnswer.objects.filter(request_key=key).exists() for key in keys]


def test_two_hundred_at_once() -> None:
    a, b = wallet_of(person(), holding="1000"), wallet_of(person())

    outcomes = transfer_many([task(a, b, "1", key=uuid4()) for _ in range(200)])

    assert outcomes == [None] * 200
    assert (holds(a), holds(b)) == ("800.00", "200.00")
