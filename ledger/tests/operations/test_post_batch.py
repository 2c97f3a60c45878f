from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.checks import LEDGER_CHECKS
from ledger.entries import Entry, Line
from ledger.errors import (
    BatchRefused,
    BatchTooLarge,
    InsufficientFunds,
    LedgerRefusal,
    UnbalancedEntry,
)
from ledger.models import JournalEntry, Posting
from ledger.operations import block_account, post, post_batch
from ledger.operations.verify import run_checks
from ledger.tests.factories import NOON, balance, customer, entry

pytestmark = pytest.mark.django_db


def test_entries_are_posted_in_order() -> None:
    a, b, c = customer(100), customer(), customer()

    verdicts = post_batch([entry(a, b, 100), entry(b, c, 60), entry(c, a, 5)], atomic=False)

    assert all(verdict.posted and not verdict.posted.replayed for verdict in verdicts)
    assert (balance(a), balance(b), balance(c)) == (5, 40, 55)
    assert JournalEntry.objects.filter(reference__startswith="TST_").count() == 4


def test_each_entry_has_its_own_verdict() -> None:
    a, b, blocked, dollars = customer(100), customer(), customer(), customer(currency="USD")
    block_account(account_id=blocked, debits=True, credits_=True)
    known = entry(a, b, 1)
    post(known)
    asked = [
        entry(a, b, 10),
        entry(a, b, 1000),
        entry(a, 987654321, 1),
        entry(a, blocked, 1),
        entry(a, dollars, 1),
        replace(entry(a, b, 1), lines=(Line(a, -1, "x"), Line(b, 2, "x"))),
        known,
        replace(known, kind="other"),
        entry(b, a, 2**63 - 1),
    ]

    verdicts = post_batch([*asked, asked[0], entry(a, b, 20)], atomic=False)

    codes = [verdict.refusal.code if verdict.refusal else "" for verdict in verdicts]
    assert codes == [
        "",
        "insufficient_funds",
        "unknown_account",
        "account_blocked",
        "unbalanced_entry",
        "unbalanced_entry",
        "",
        "reference_taken",
        "amount_too_large",
        "",
        "",
    ]
    replays = [bool(verdict.posted and verdict.posted.replayed) for verdict in verdicts]
    assert [place for place, replayed in enumerate(replays) if replayed] == [6, 9]
    assert (balance(a), balance(b)) == (69, 31)


def test_refusal_of_one_line_undoes_the_lines_before_it() -> None:
    a, b, c = customer(100), customer(10), customer()
    lines = (Line(a, -50, "x"), Line(b, -11, "x"), Line(c, 61, "x"))

    refused, posted = post_batch(
        [replace(entry(a, c, 1), lines=lines), entry(a, c, 100)], atomic=False
    )

    assert isinstance(refused.refusal, InsufficientFunds)
    assert posted.posted
    assert (balance(a), balance(b), balance(c)) == (0, 10, 100)


def test_atomic_batch_is_all_or_nothing() -> None:
    a, b = customer(100), customer()

    with pytest.raises(BatchRefused) as refused:
        post_batch([entry(a, b, 60), entry(a, b, 60)], atomic=True)

    assert refused.value.index == 1
    assert isinstance(refused.value.refusal, InsufficientFunds)
    assert (balance(a), balance(b)) == (100, 0)


def test_atomic_batch_twice_is_once() -> None:
    a, b = customer(100), customer()
    asked = [entry(a, b, 10), entry(a, b, 20)]

    post_batch(asked, atomic=True)
    again = post_batch(asked, atomic=True)

    assert all(verdict.posted and verdict.posted.replayed for verdict in again)
    assert (balance(a), balance(b)) == (70, 30)


def test_a_thousand_entries_are_one_call_and_more_are_refused() -> None:
    a, b = customer(2000), customer()

    verdicts = post_batch([entry(a, b, 1) for _ in range(1000)], atomic=True)

    assert len({verdict.posted.entry_id for verdict in verdicts if verdict.posted}) == 1000
    with pytest.raises(BatchTooLarge):
        post_batch([entry(a, b, 1)] * 1001, atomic=True)
    assert (balance(a), balance(b)) == (1000, 1000)


def test_malformed_entry_is_refused_before_anything_is_posted() -> None:
    a, b = customer(100), customer()

    with pytest.raises(UnbalancedEntry):
        post_batch([entry(a, b, 1), replace(entry(a, b, 1), lines=())], atomic=False)

    assert balance(a) == 100


def test_nothing_to_post_is_nothing() -> None:
    assert post_batch([], atomic=True) == []


moves = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(-30, 60), st.integers(0, 9)),
    min_size=1,
    max_size=25,
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(moves=moves)
def test_batch_does_what_single_posts_do(moves: list[tuple[int, int, int, int]]) -> None:
    """Same verdicts, balances, sequences: one set of accounts against another."""
    with transaction.atomic():
        ones, others = _accounts(), _accounts()

        singly = [_single(e) for e in _entries(moves, ones, "S")]
        together = post_batch(_entries(moves, others, "B"), atomic=False)

        assert [v.refusal.code if v.refusal else "" for v in together] == singly
        assert _story(ones) == _story(others)
        assert all(finding.ok for finding in run_checks(LEDGER_CHECKS))
        transaction.set_rollback(True)


def _accounts() -> list[int]:
    """Four in one currency, one in another, and one that is blocked."""
    accounts = [customer(100) for _ in range(5)]
    block_account(account_id=accounts[4], debits=True, credits_=True)
    return [*accounts, customer(100, currency="USD")]


def _entries(
    moves: list[tuple[int, int, int, int]], accounts: list[int], prefix: str
) -> list[Entry]:
    return [
        Entry(
            reference=f"{prefix}{reference}",
            kind="transfer",
            lines=(Line(accounts[a], -amount or -1, "out"), Line(accounts[b], amount or 1, "in")),
            occurred_at=NOON,
        )
        for a, b, amount, reference in moves
    ]


def _single(asked: Entry) -> str:
    try:
        post(asked)
    except LedgerRefusal as refusal:
        return refusal.code
    return ""


def _story(accounts: list[int]) -> list[list[tuple[int, int, int]]]:
    return [
        list(
            Posting.objects.filter(account_id=account)
            .order_by("sequence")
            .values_list("sequence", "amount_minor", "balance_after")
        )
        for account in accounts
    ]


@pytest.mark.parametrize(
    ("sizes", "accounts", "amounts", "types"),
    [
        ("{2,-2,2}", "{%(a)s,%(b)s}", "{-5,5}", "{x,x}"),
        ("{2,0}", "{%(a)s,%(b)s}", "{-5,5}", "{x,x}"),
        ("{1,1}", "{%(a)s,%(b)s}", "{-5,5}", "{x,x}"),
        ("{3}", "{%(a)s,%(b)s}", "{-5,5}", "{x,x}"),
        ("{2}", "{%(a)s,%(b)s}", "[0:2]={5,-5,5}", "{x,x}"),
        ("{2}", "{%(a)s,%(b)s}", "[0:1]={-5,5}", "{x,x}"),
        ("{2}", "{%(a)s,%(b)s}", "{-5,NULL}", "{x,x}"),
        ("{2}", "{%(a)s,%(b)s}", "{-5,5}", "{x}"),
        ("{2}", "{{%(a)s,%(b)s}}", "{-5,5}", "{x,x}"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(
    sizes: str, accounts: str, amounts: str, types: str
) -> None:
    """The application's role may call the function with whatever it likes."""
    a, b = customer(100), customer()
    count = sizes.count(",") + 1
    references = "{" + ",".join(f"R{n}" for n in range(count)) + "}"
    same = {name: "{" + ",".join([name] * count) + "}" for name in ("transfer", "NULL", "now")}

    with pytest.raises(DatabaseError, match="do not fit"), transaction.atomic():
        connection.cursor().execute(
            "SELECT * FROM ledger_post_batch(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, false)",
            [
                references,
                same["transfer"],
                same["now"],
                same["NULL"],
                sizes,
                accounts % {"a": a, "b": b},
                amounts,
                types,
                same["NULL"],
                same["transfer"],
            ],
        )

    assert (balance(a), balance(b)) == (100, 0)
