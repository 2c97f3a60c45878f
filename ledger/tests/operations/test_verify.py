"""The books are corrupted here as only a database superuser can, and the check names the row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from ledger.checks import LEDGER_CHECKS
from ledger.operations import Reversal, post, reverse
from ledger.operations.verify import Finding, run_checks
from ledger.tests.factories import NOON, customer, entry

pytestmark = pytest.mark.django_db

TABLES = ("ledger_posting", "ledger_journalentry", "ledger_ledgeraccount")


def corrupt(sql: str, *parameters: Any) -> None:
    """Run a statement with every guard of the books out of the way."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET ROLE NONE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql, parameters)
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("RESET ROLE")


def broken() -> dict[str, Finding]:
    return {f.name: f for f in run_checks(LEDGER_CHECKS, step=2) if not f.ok}


class Books:
    def __init__(self) -> None:
        self.a, self.b = customer(100), customer()
        self.posted = post(entry(self.a, self.b, 30, reference="T1"))
        post(entry(self.a, self.b, 5, reference="T2"))
        reverse(reference="T2", reversal=Reversal("R2", NOON))


@pytest.fixture
def books() -> Books:
    return Books()


def test_sound_books_are_proved(books: Books) -> None:
    findings = run_checks(LEDGER_CHECKS, step=2)

    assert [f.detail for f in findings] == [""] * len(LEDGER_CHECKS)
    assert all(f.checked for f in findings)


CORRUPTIONS: list[tuple[str, str, Callable[[Books], list[Any]], Callable[[Books], str]]] = [
    (
        "entries_sum_to_zero",
        (
            "UPDATE ledger_posting SET amount_minor = amount_minor + 1"
            " WHERE entry_id = %s AND position = 2"
        ),
        lambda b: [b.posted.entry_id],
        lambda b: f"entry {b.posted.entry_id} sums to 1 NGN",
    ),
    (
        "entries_sum_to_zero",
        "UPDATE ledger_posting SET account_id = 77777777 WHERE entry_id = %s AND position = 1",
        lambda b: [b.posted.entry_id],
        lambda b: f"entry {b.posted.entry_id} sums",
    ),
    (
        "entries_are_whole",
        "DELETE FROM ledger_posting WHERE entry_id = %s AND position = 2",
        lambda b: [b.posted.entry_id],
        lambda b: f"entry {b.posted.entry_id} says 2 postings and has 1",
    ),
    (
        "entries_are_whole",
        "DELETE FROM ledger_posting WHERE entry_id = %s",
        lambda b: [b.posted.entry_id],
        lambda b: f"entry {b.posted.entry_id} says 2 postings and has 0",
    ),
    (
        "entries_are_whole",
        "DELETE FROM ledger_journalentry WHERE id = %s",
        lambda b: [b.posted.entry_id],
        lambda b: f"entry {b.posted.entry_id} says nothing",
    ),
    (
        "chains_are_unbroken",
        "UPDATE ledger_posting SET sequence = 99 WHERE entry_id = %s AND account_id = %s",
        lambda b: [b.posted.entry_id, b.a],
        lambda b: f"account {b.a} sequence",
    ),
    (
        "chains_are_unbroken",
        "UPDATE ledger_posting SET balance_after = 71 WHERE entry_id = %s AND account_id = %s",
        lambda b: [b.posted.entry_id, b.a],
        lambda b: f"account {b.a} sequence 2: 100 then -30 makes 70, not 71",
    ),
    (
        "balances_are_the_postings",
        "UPDATE ledger_ledgeraccount SET balance_minor = 71 WHERE id = %s",
        lambda b: [b.a],
        lambda b: f"account {b.a} (customer:",
    ),
    (
        "balances_are_the_postings",
        "UPDATE ledger_ledgeraccount SET sequence = sequence + 1 WHERE id = %s",
        lambda b: [b.b],
        lambda b: f"account {b.b} (customer:",
    ),
    (
        "currencies_sum_to_zero",
        "UPDATE ledger_ledgeraccount SET balance_minor = balance_minor + 1 WHERE id = %s",
        lambda b: [b.a],
        lambda b: "NGN sums to 1",
    ),
    (
        "balances_cover_floors_and_holds",
        (
            "ALTER TABLE ledger_ledgeraccount DROP CONSTRAINT balance_covers_floor_and_holds;"
            "UPDATE ledger_ledgeraccount SET held_minor = 71 WHERE id = %s"
        ),
        lambda b: [b.a],
        lambda b: f"account {b.a} (customer:",
    ),
    (
        "time_never_goes_back",
        "UPDATE ledger_journalentry SET recorded_at = recorded_at + interval '1 day' WHERE id = %s",
        lambda b: [b.posted.entry_id],
        lambda b: f"account {b.a} sequence 3",
    ),
    (
        "reversals_mirror_their_entries",
        "UPDATE ledger_journalentry SET reverses_id = %s WHERE reference = 'T2'",
        lambda b: [b.posted.entry_id],
        lambda b: f"the reversals of entry {b.posted.entry_id} do not mirror it",
    ),
    (
        "guards_stand",
        "DROP TRIGGER postings_balance ON ledger_posting",
        lambda b: [],
        lambda b: "trigger postings_balance on ledger_posting",
    ),
]


@pytest.mark.parametrize(("name", "sql", "parameters", "says"), CORRUPTIONS)
def test_corruption_is_named(
    books: Books,
    name: str,
    sql: str,
    parameters: Callable[[Books], list[Any]],
    says: Callable[[Books], str],
) -> None:
    corrupt(sql, *parameters(books))

    findings = broken()

    assert name in findings, findings
    assert says(books) in findings[name].detail


def test_disabled_trigger_is_named(books: Books) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET ROLE NONE")
        cursor.execute("ALTER TABLE ledger_posting DISABLE TRIGGER postings_balance")

    assert "postings_balance" in broken()["guards_stand"].detail


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        (
            "ALTER DOMAIN ledger_held DROP CONSTRAINT held_is_not_negative",
            "constraint held_is_not_negative on ledger_ledgeraccount.held_minor",
        ),
        (
            "ALTER TABLE ledger_journalentry DROP CONSTRAINT one_entry_for_each_reference",
            "constraint one_entry_for_each_reference on ledger_journalentry",
        ),
        (
            "ALTER TABLE events_event DISABLE TRIGGER events_are_never_changed",
            "trigger events_are_never_changed on events_event",
        ),
        ("GRANT INSERT ON ledger_posting TO purser_app", "may write to ledger_posting"),
        (
            "GRANT UPDATE (balance_minor) ON ledger_ledgeraccount TO purser_app",
            "may write to ledger_ledgeraccount",
        ),
        ("GRANT DELETE ON ledger_journalentry TO purser_app", "may write to ledger_journalentry"),
    ],
)
def test_guard_that_was_taken_away_is_named(books: Books, sql: str, says: str) -> None:
    corrupt(sql)

    assert says in broken()["guards_stand"].detail
