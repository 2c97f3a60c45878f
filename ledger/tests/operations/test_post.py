from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, transaction

from ledger import chart
from ledger.entries import Entry, Line
from ledger.errors import (
    AccountBlocked,
    AmountTooLarge,
    InsufficientFunds,
    LedgerRefusal,
    ReferenceTaken,
    UnbalancedEntry,
    UnknownAccount,
)
from ledger.models import JournalEntry, Posting
from ledger.money import LARGEST_MINOR
from ledger.operations import block_account, open_account, post
from ledger.queries import balance_at
from ledger.tests.factories import NOON, balance, customer, entry, opening

pytestmark = pytest.mark.django_db


def test_entry_is_written_whole() -> None:
    source, target = customer(100), customer()

    posted = post(replace(entry(source, target, 30), metadata={"why": "rent"}, request_id="r"))

    written = JournalEntry.objects.get(pk=posted.entry_id)
    assert (written.posting_count, written.occurred_at) == (2, NOON)
    assert (written.metadata, written.request_id) == ({"why": "rent"}, "r")
    assert written.recorded_at == posted.recorded_at > NOON
    lines = Posting.objects.filter(entry=written).order_by("position")
    assert [(p.account_id, p.amount_minor, p.balance_after, p.sequence) for p in lines] == [
        (source, -30, 70, 2),
        (target, 30, 30, 1),
    ]
    assert (balance(source), balance(target)) == (70, 30)


def test_order_of_lines_does_not_matter_for_the_result() -> None:
    source, target = customer(100), customer()
    turned = entry(target, source, -30)

    post(replace(turned, lines=turned.lines[::-1]))

    assert (balance(source), balance(target)) == (70, 30)


def test_one_account_may_have_several_lines() -> None:
    source, target, fees = customer(100), customer(), opening()
    lines = (
        Line(source, -30, "transfer_out"),
        Line(target, 30, "transfer_in"),
        Line(source, -2, "fee"),
        Line(fees, 2, "fee"),
    )

    post(Entry("FEE", "transfer", lines, NOON))

    newest = Posting.objects.filter(account_id=source).order_by("-sequence")[:2]
    assert [(line.type, line.amount_minor, line.balance_after) for line in newest] == [
        ("fee", -2, 68),
        ("transfer_out", -30, 70),
    ]


REFUSALS: list[tuple[str, type[LedgerRefusal]]] = [
    ("too much", InsufficientFunds),
    ("unknown account", UnknownAccount),
    ("unbalanced", UnbalancedEntry),
    ("two currencies", UnbalancedEntry),
    ("one line", UnbalancedEntry),
    ("nothing moved", UnbalancedEntry),
    ("debits blocked", AccountBlocked),
    ("credits blocked", AccountBlocked),
    ("overflow", AmountTooLarge),
]


@pytest.mark.parametrize(("case", "refusal"), REFUSALS)
def test_refusal_changes_nothing(case: str, refusal: type[LedgerRefusal]) -> None:
    source, target, dollars = customer(100), customer(20), customer(20, currency="USD")
    asked = {
        "too much": entry(source, target, 101),
        "unknown account": entry(source, 987654321, 5),
        "unbalanced": replace(
            entry(source, target, 5), lines=(Line(source, -5, "a"), Line(target, 6, "b"))
        ),
        "two currencies": entry(source, dollars, 5),
        "one line": replace(entry(source, target, 5), lines=(Line(source, -5, "a"),)),
        "nothing moved": entry(source, target, 0),
        "debits blocked": entry(source, target, 5),
        "credits blocked": entry(source, target, 5),
        "overflow": entry(opening(), target, LARGEST_MINOR),
    }[case]
    if case == "debits blocked":
        block_account(account_id=source, debits=True, credits_=False)
    if case == "credits blocked":
        block_account(account_id=target, debits=False, credits_=True)
    entries = JournalEntry.objects.count()

    with pytest.raises(refusal):
        post(asked)

    assert (balance(source), balance(target), balance(dollars)) == (100, 20, 20)
    assert JournalEntry.objects.count() == entries


def test_blocking_one_side_leaves_the_other() -> None:
    source, target = customer(100), customer(20)
    block_account(account_id=source, debits=False, credits_=True)
    block_account(account_id=target, debits=True, credits_=False)

    post(entry(source, target, 5))

    assert (balance(source), balance(target)) == (95, 25)


def test_blocking_an_unknown_account_is_refused() -> None:
    with pytest.raises(UnknownAccount):
        block_account(account_id=987654321, debits=True, credits_=True)


def test_same_entry_twice_is_once() -> None:
    source, target = customer(100), customer()
    asked = entry(source, target, 30)

    first, again = post(asked), post(asked)

    assert (first.replayed, again.replayed) == (False, True)
    assert (first.entry_id, first.recorded_at) == (again.entry_id, again.recorded_at)
    assert (balance(source), balance(target)) == (70, 30)


def test_entry_that_stands_is_replayed_though_its_money_is_gone() -> None:
    source, target = customer(100), customer()
    asked = entry(source, target, 100)
    first = post(asked)
    block_account(account_id=target, debits=True, credits_=True)

    again = post(asked)

    assert (again.entry_id, again.replayed) == (first.entry_id, True)


@pytest.mark.parametrize("change", ["amount", "kind", "target"])
def test_reference_of_other_money_is_taken(change: str) -> None:
    source, target, third = customer(100), customer(), customer()
    first = entry(source, target, 30)
    post(first)
    other = {
        "amount": entry(source, target, 31, reference=first.reference),
        "kind": replace(first, kind="payment"),
        "target": entry(source, third, 30, reference=first.reference),
    }[change]

    with pytest.raises(ReferenceTaken):
        post(other)

    assert (balance(source), balance(target), balance(third)) == (70, 30, 0)


def test_refusal_leaves_the_callers_transaction_usable() -> None:
    source, target = customer(100), customer()

    with transaction.atomic():
        with pytest.raises(InsufficientFunds):
            post(entry(source, target, 101))
        post(entry(source, target, 100))

    assert balance(target) == 100


def test_balance_at_an_instant_counts_what_was_recorded_by_then() -> None:
    source, target = customer(100), customer()
    first = post(entry(source, target, 10))
    second = post(entry(source, target, 20))
    just_before = timedelta(microseconds=1)

    def at(moment: object) -> int:
        return balance_at(account_id=target, at=moment)  # type: ignore[arg-type]

    assert at(first.recorded_at - just_before) == 0
    assert at(first.recorded_at) == at(second.recorded_at - just_before) == 10
    assert at(second.recorded_at) == at(second.recorded_at + timedelta(days=1)) == 30


def test_time_never_goes_back_for_an_account() -> None:
    """Though the clock of the machine may: the account remembers when it last moved."""
    source, target = customer(100), customer()
    first = post(entry(source, target, 10))
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute(
            "UPDATE ledger_ledgeraccount SET moved_at = now() + interval '5 min' WHERE id = %s",
            [target],
        )
        cursor.execute("RESET ROLE")

    second = post(entry(source, target, 10))
    third = post(entry(source, customer(), 10))

    assert first.recorded_at < second.recorded_at <= third.recorded_at
    assert second.recorded_at - first.recorded_at > timedelta(minutes=4)


def test_entry_is_the_same_through_another_row_of_a_busy_account() -> None:
    rows, target = open_account(chart.opening("NGN")), customer()
    post(entry(rows[0], target, 5, reference="T1"))

    again = post(entry(rows[1], target, 5, reference="T1"))

    assert again.replayed
    assert balance(target) == 5
