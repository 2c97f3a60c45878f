"""What the database refuses whoever asks: raw SQL, as its owner and as the application."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from ledger.models import JournalEntry
from ledger.operations import post
from ledger.tests.factories import customer, entry, opening

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> Iterator[None]:
    """Act as the schema's owner, who has every right."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def run(sql: str, *parameters: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(sql, parameters)


def refused(sql: str, *parameters: Any, because: str) -> None:
    with pytest.raises(DatabaseError, match=because):
        run(sql, *parameters)


ENTRY = """
    INSERT INTO ledger_journalentry (id, reference, kind, posting_count, occurred_at, recorded_at,
                                     request_id)
    VALUES (900, 'RAW', 'transfer', %s, now(), now(), '')
"""
POSTING = "(900, %s, %s, 0, %s, %s, 'x')"


def entry_with(*postings: tuple[int | None, int | None, int, int | None], says: int) -> None:
    """Insert entry 900 with postings (account, amount, sequence, position), in one statement."""
    values = [value for posting in postings for value in posting]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ENTRY, [says])
        cursor.execute(
            "INSERT INTO ledger_posting (entry_id, account_id, amount_minor, balance_after,"
            f" sequence, position, type) VALUES {', '.join([POSTING] * len(postings))}",
            values,
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.usefixtures("owner")
class TestOwnerIsRefused:
    """The owner holds every right; constraints and triggers refuse all the same."""

    def test_balanced_entry_is_taken(self) -> None:
        entry_with((customer(), 5, 71, 1), (customer(), -5, 71, 2), says=2)

        assert JournalEntry.objects.filter(pk=900).exists()

    @pytest.mark.parametrize(
        ("first", "second", "says", "because"),
        [
            ((5, 1), (-4, 2), 2, "sum to zero"),
            ((5, 1), (5, 2), 2, "sum to zero"),
            ((5, 1), (-5, 3), 2, "not whole"),
            ((5, 1), (-5, 2), 3, "not whole"),
            ((5, 1), (-5, 1), 2, "posting_pkey"),
            ((5, -1), (-5, 2), 2, "not whole"),
            ((5, 0), (-5, 2), 2, "not whole"),
            ((0, 1), (0, 2), 2, "move nothing"),
            ((None, 1), (5, 2), 2, "amount_minor"),
            ((5, None), (-5, 2), 2, "position"),
            ((5, 1), (-5, 2), 1, "not whole"),
            ((5, 1), (-5, 2), None, "posting_count"),
        ],
    )
    def test_broken_entry(
        self,
        first: tuple[int | None, int | None],
        second: tuple[int | None, int | None],
        says: Any,
        because: str,
    ) -> None:
        a, b = customer(), customer()
        with pytest.raises(DatabaseError, match=because):
            entry_with((a, first[0], 71, first[1]), (b, second[0], 71, second[1]), says=says)

    @pytest.mark.parametrize("instant", ["infinity", "-infinity"])
    def test_entry_of_no_instant(self, instant: str) -> None:
        refused(
            "INSERT INTO ledger_journalentry (reference, kind, posting_count, occurred_at,"
            " recorded_at, request_id) VALUES ('RAW', 'transfer', 2, %s, now(), '')",
            instant,
            because="instant_is_finite",
        )

    def test_pair_with_a_third_posting_that_moves_money(self) -> None:
        a, b, c = customer(), customer(), customer()
        for says in (2, 3):
            with pytest.raises(DatabaseError, match="sum to zero"):
                entry_with((a, 5, 71, 1), (b, -5, 71, 2), (c, 7, 71, 3), says=says)

    def test_many_entries_of_which_one_does_not_balance(self) -> None:
        a, b = customer(10), customer()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO ledger_journalentry (id, reference, kind, posting_count, occurred_at,"
                " recorded_at, request_id) SELECT 900 + n, 'RAW' || n, 'transfer', 2, now(), now(),"
                " '' FROM generate_series(1, 3) n"
            )
            with pytest.raises(DatabaseError, match="entry 902 "), transaction.atomic():
                cursor.execute(
                    "INSERT INTO ledger_posting (entry_id, account_id, amount_minor, balance_after,"
                    " sequence, position, type) SELECT 900 + n, v.a, v.m * n + (n = 2)::int * v.x,"
                    " 0, 70 + n, v.p, 'x' FROM generate_series(1, 3) n,"
                    " (VALUES (%s, 5, 1, 0), (%s, -5, 2, 1)) v(a, m, p, x)",
                    [a, b],
                )

    def test_single_posting(self) -> None:
        with pytest.raises(DatabaseError, match="sum to zero"):
            entry_with((customer(), 5, 71, 1), says=2)

    def test_entry_that_balances_only_across_currencies(self) -> None:
        naira, dollar = customer(), customer(currency="USD")
        with pytest.raises(DatabaseError, match="in each currency"):
            entry_with((naira, 5, 71, 1), (dollar, -5, 71, 2), says=2)

    def test_entry_in_two_currencies_that_balances_in_each_is_taken(self) -> None:
        naira, dollar = (customer(currency=c) for c in ("NGN", "USD"))
        naira_position, dollar_position = opening("NGN"), opening("USD")
        entry_with(
            (naira, -5, 71, 1), (naira_position, 5, 71, 2),
            (dollar, 3, 71, 3), (dollar_position, -3, 71, 4), says=4,
        )  # fmt: skip

        assert JournalEntry.objects.filter(pk=900).exists()

    @pytest.mark.parametrize("account", [987654321, None])
    def test_account_that_does_not_exist(self, account: int | None) -> None:
        with pytest.raises(DatabaseError, match=r"not exist|account_id"):
            entry_with((customer(), 5, 71, 1), (account, -5, 71, 2), says=2)

    def test_posting_added_to_an_entry_that_stands(self) -> None:
        a, b = customer(10), customer()
        posted = post(entry(a, b, 5))
        for position, because in ((1, "posting_pkey"), (3, "not whole")):
            refused(
                "INSERT INTO ledger_posting VALUES"
                " (%s, %s, 5, 0, 72, %s, 'x'), (%s, %s, -5, 0, 72, %s, 'x')".replace(
                    "ledger_posting",
                    "ledger_posting (entry_id, account_id, amount_minor, balance_after,"
                    " sequence, position, type)",
                ),
                posted.entry_id, a, position, posted.entry_id, b, position + 1,
                because=because,
            )  # fmt: skip

    def test_posting_without_an_entry(self) -> None:
        refused(
            "INSERT INTO ledger_posting (entry_id, account_id, amount_minor, balance_after,"
            " sequence, position, type) VALUES (901, %s, 5, 0, 72, 1, 'x'),"
            " (901, %s, -5, 0, 72, 2, 'x')",
            customer(), customer(), because="not whole",
        )  # fmt: skip

    def test_two_postings_with_one_account_sequence(self) -> None:
        a, b = customer(10), customer()
        with pytest.raises(DatabaseError, match="one_posting_for_each_account_sequence"):
            entry_with((a, 5, 1, 1), (b, -5, 71, 2), says=2)

    def test_second_entry_with_one_reference(self) -> None:
        post(entry(customer(10), customer(), 5, reference="RAW"))
        refused(ENTRY, 2, because="one_entry_for_each_reference")

    @pytest.mark.parametrize("table", ["ledger_journalentry", "ledger_posting", "ledger_currency"])
    def test_change_to_what_was_written(self, table: str) -> None:
        column = {"ledger_currency": "name", "ledger_posting": "type"}.get(table, "kind")
        post(entry(customer(10), customer(), 5))
        for sql in (
            f"UPDATE {table} SET {column} = {column}",
            f"DELETE FROM {table}",
            f"TRUNCATE {table} CASCADE",
        ):
            refused(sql, because="written once")

    def test_removal_of_an_account(self) -> None:
        account = customer()
        refused("DELETE FROM ledger_ledgeraccount WHERE id = %s", account, because="written once")

    @pytest.mark.parametrize(
        "change", ["currency_id = 'USD'", "code = 'x'", "shard = 3", "kind = 'asset'", "id = 5"]
    )
    def test_another_identity_for_an_account(self, change: str) -> None:
        refused(
            f"UPDATE ledger_ledgeraccount SET {change} WHERE id = %s",
            customer(),
            because="written once",
        )

    @pytest.mark.parametrize(
        ("change", "because"),
        [
            ("balance_minor = -1", "balance_covers_floor_and_holds"),
            ("held_minor = 11", "balance_covers_floor_and_holds"),
            ("floor_minor = 11", "balance_covers_floor_and_holds"),
            ("held_minor = -1", "held_is_not_negative"),
            ("sequence = -1", "sequence_is_not_negative"),
            ("balance_minor = NULL", "balance_minor"),
            ("held_minor = NULL", "held_minor"),
            ("floor_minor = NULL", "floor_minor"),
            ("sequence = NULL", "sequence"),
            ("debits_blocked = NULL", "debits_blocked"),
        ],
    )
    def test_impossible_account(self, change: str, because: str) -> None:
        account = customer(10)
        refused(f"UPDATE ledger_ledgeraccount SET {change} WHERE id = %s", account, because=because)

    @pytest.mark.parametrize("kind", ["'revenue'", "''", "NULL"])
    def test_account_of_an_unknown_kind(self, kind: str) -> None:
        refused(
            "INSERT INTO ledger_ledgeraccount (code, shard, kind, currency_id, balance_minor,"
            " held_minor, floor_minor, sequence, debits_blocked, credits_blocked)"
            f" VALUES ('k', 0, {kind}, 'NGN', 0, 0, 0, 0, false, false)",
            because="kind",
        )


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_journalentry SET kind = kind",
        "DELETE FROM ledger_journalentry",
        "INSERT INTO ledger_journalentry DEFAULT VALUES",
        "UPDATE ledger_posting SET type = type",
        "DELETE FROM ledger_posting",
        "INSERT INTO ledger_posting DEFAULT VALUES",
        "UPDATE ledger_ledgeraccount SET balance_minor = balance_minor + 1",
        "DELETE FROM ledger_ledgeraccount",
        "INSERT INTO ledger_ledgeraccount DEFAULT VALUES",
        "UPDATE ledger_currency SET exponent = 0",
        "UPDATE events_event SET type = type",
        "DELETE FROM events_event",
        "TRUNCATE ledger_posting, ledger_journalentry CASCADE",
        "TRUNCATE events_event",
        "ALTER TABLE ledger_posting DISABLE TRIGGER postings_balance",
        "DROP TRIGGER postings_balance ON ledger_posting",
        "SET session_replication_role = replica",
        """CREATE OR REPLACE FUNCTION ledger_check_postings() RETURNS trigger
           LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'""",
        "DELETE FROM django_migrations",
    ],
)
def test_application_has_no_right(sql: str) -> None:
    refused(sql, because=r"permission denied|must be owner")
