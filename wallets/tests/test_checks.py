"""The checks of wallets and transfers hold after some work, and name what was broken.

It is broken as only a database superuser can, with every guard out of the way.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.tests.factories import client_of, person
from ledger import chart
from ledger.money import Money
from ledger.operations import open_account, open_customer_account, post
from ledger.operations.verify import run_checks
from ledger.tests.factories import entry
from wallets.checks import WALLET_CHECKS
from wallets.models import Dispute, Hold, Transfer, Wallet
from wallets.operations import (
    Capture,
    DisputeOrder,
    HoldOrder,
    capture_hold,
    file_dispute,
    place_hold,
)
from wallets.tests.factories import wallet_of

pytestmark = pytest.mark.django_db


GUARDED = ("wallets_dispute", "wallets_hold", "wallets_transfer", "wallets_wallet")
# Nothing here is sent in transit or given back.
IDLE = {
    "transits_match_their_entries",
    "in_transit_is_what_is_pending",
    "reversals_stay_within_their_transfers",
}


def broken() -> dict[str, str]:
    return {f.name: f.detail for f in run_checks(WALLET_CHECKS, step=3) if not f.ok}


def corrupt(sql: str, *parameters: Any) -> None:
    """Run a statement as a superuser who has switched all triggers off, foreign keys too."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET ROLE NONE")
        for table in GUARDED:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql, parameters)
        for table in GUARDED:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("RESET ROLE")


@pytest.fixture
def source() -> Wallet:
    return wallet_of(person(), holding="100.00")


@pytest.fixture
def sent(source: Wallet) -> Transfer:
    body = {"source": source.number, "destination": wallet_of(person()).number, "amount": "1.00"}
    response = client_of(source.owner).post("/api/v1/transfers", body, format="json")
    assert response.status_code == 201
    return Transfer.objects.select_related("entry").get(source=source)


@pytest.fixture
def captured(source: Wallet) -> Hold:
    """A hold of 60.00 of which 20.00 was captured."""
    now = timezone.now()
    hold = place_hold(order=HoldOrder(source, Money.of("60.00", "NGN"), "HLD_1", now))
    order = Capture(Money.of("20.00", "NGN"), "CAP_1", to=wallet_of(person()), at=now, final=False)
    capture_hold(hold=hold, capture=order)
    return hold


@pytest.fixture
def disputed(sent: Transfer) -> Dispute:
    order = DisputeOrder(
        sender_id=sent.source.owner_id,
        transfer=sent.entry.reference,
        reason="unauthorised",
        text="Not me.",
        reference="DSP_1",
        at=timezone.now(),
    )
    return file_dispute(order=order)


def test_hold_after_a_transfer(disputed: Dispute, captured: Hold) -> None:
    findings = run_checks(WALLET_CHECKS, step=3)

    assert [f.detail for f in findings] == [""] * len(WALLET_CHECKS)
    assert {f.name for f in findings if not f.checked} <= IDLE


def test_name_an_account_that_holds_back_what_no_hold_says(captured: Hold) -> None:
    corrupt("UPDATE ledger_ledgeraccount SET held_minor = 4001 WHERE id = %s", captured.wallet_id)

    assert set(broken()) == {"holds_are_held"}
    assert "holds back 4001, and its open holds 4000" in broken()["holds_are_held"]


def test_name_a_hold_that_no_account_holds_back(captured: Hold) -> None:
    corrupt(
        "INSERT INTO wallets_hold (reference, wallet_id, amount_minor, captured_minor, status,"
        " purpose, description, placed_at, closed_reason)"
        " SELECT 'HLD_2', wallet_id, 5, 0, 'open', 'customer', '', now(), '' FROM wallets_hold"
    )

    assert set(broken()) == {"holds_are_held"}


def test_name_a_capture_that_its_entry_does_not_bear_out(captured: Hold) -> None:
    corrupt("UPDATE wallets_holdcapture SET amount_minor = 1999")

    assert set(broken()) == {"captures_match_their_entries"}
    assert "HLD_1 says 2000 captured; its captures say 1999" in str(broken())


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_ledgeraccount SET debits_blocked = true WHERE id = %s",
        "UPDATE ledger_ledgeraccount SET credits_blocked = true WHERE id = %s",
        "UPDATE wallets_wallet SET status = 'frozen' WHERE account_id = %s",
        "UPDATE wallets_wallet SET status = 'closed' WHERE account_id = %s",
        "UPDATE wallets_wallet SET debits_stopped = true WHERE account_id = %s",
    ],
)
def test_name_an_account_that_lets_through_what_it_should_not(source: Wallet, sql: str) -> None:
    corrupt(sql, source.account_id)

    assert set(broken()) == {"blocks_follow_from_wallets"}
    assert source.number in broken()["blocks_follow_from_wallets"]


@pytest.mark.parametrize(
    "sql",
    [
        """
        UPDATE wallets_dispute SET status = 'refunded', closed_at = now(), refunded_minor = 100,
            refund_reference = 'RVS_1'
        """,
        "UPDATE wallets_dispute SET status = 'rejected', closed_at = now()",
        "UPDATE wallets_dispute SET status = 'withdrawn', closed_at = now()",
        """
        UPDATE wallets_hold SET status = 'released', closed_at = now();
        UPDATE ledger_ledgeraccount SET held_minor = 0
        """,
    ],
    ids=["refunded", "rejected", "withdrawn", "released"],
)
@pytest.mark.usefixtures("disputed")
def test_name_a_dispute_that_did_not_end_as_it_says(sql: str) -> None:
    corrupt(sql)

    assert set(broken()) == {"disputes_are_settled"}
    assert "DSP_1" in broken()["disputes_are_settled"]


def test_name_a_wallet_that_was_given_to_somebody_else(source: Wallet) -> None:
    corrupt("UPDATE wallets_wallet SET owner_id = %s WHERE number = %s", person().id, source.number)

    assert broken() == {
        "wallets_belong_to_who_opened_them": f"wallet {source.number} was not opened by its owner"
    }


def test_name_a_wallet_that_nobody_opened(source: Wallet) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute("ALTER TABLE events_event DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM events_event WHERE subject = %s", [source.number])
        cursor.execute("RESET ROLE")

    assert source.number in broken()["wallets_belong_to_who_opened_them"]


def test_name_an_account_whose_wallet_is_gone(source: Wallet) -> None:
    corrupt("DELETE FROM wallets_wallet WHERE number = %s", source.number)

    assert broken() == {
        "wallets_match_their_accounts": (
            f"account {source.account_id} (wallet:{source.number}:NGN#0) is no wallet's"
        )
    }


def test_name_an_account_that_never_was_a_wallets() -> None:
    account_id = open_customer_account(chart.wallet("0000000000000", "NGN"))

    assert f"account {account_id} (wallet:" in broken()["wallets_match_their_accounts"]


def test_name_a_second_row_of_a_wallets_account(source: Wallet) -> None:
    corrupt(
        "INSERT INTO ledger_ledgeraccount (code, shard, kind, currency_id, balance_minor,"
        " held_minor, floor_minor, sequence, debits_blocked, credits_blocked)"
        " SELECT code, 1, kind, currency_id, 0, 0, 0, 0, false, false"
        " FROM ledger_ledgeraccount WHERE id = %s",
        source.account_id,
    )

    assert (
        f"(wallet:{source.number}:NGN#1) is no wallet's"
        in (broken()["wallets_match_their_accounts"])
    )


@pytest.mark.parametrize(
    "change",
    ["number = '0000000000000'", "currency = 'USD'"],
)
def test_name_a_wallet_that_is_not_its_accounts(source: Wallet, change: str) -> None:
    corrupt(f"UPDATE wallets_wallet SET {change} WHERE number = %s", source.number)

    assert "does not match account" in broken()["wallets_match_their_accounts"]


def test_name_an_entry_whose_transfer_is_gone(sent: Transfer) -> None:
    corrupt("DELETE FROM wallets_transfer WHERE entry_id = %s", sent.entry_id)

    assert broken() == {
        "transfer_entries_have_transfers": f"entry {sent.entry.reference} has no transfer"
    }


@pytest.mark.parametrize("reference", ["TRF_0", "TRF_0:fee"])
def test_name_an_entry_that_only_looks_like_a_transfers(source: Wallet, reference: str) -> None:
    fees = open_account(chart.fees("NGN"))[0]

    post(entry(source.account_id, fees, 100, reference=reference))

    assert broken() == {"transfer_entries_have_transfers": f"entry {reference} has no transfer"}


@pytest.mark.parametrize("change", ["amount_minor = 1", "destination_id = source_id + 10000000"])
def test_name_a_transfer_that_is_not_its_entrys(sent: Transfer, change: str) -> None:
    corrupt(f"UPDATE wallets_transfer SET {change} WHERE entry_id = %s", sent.entry_id)

    assert str(sent.entry_id) in broken()["transfers_match_their_entries"]


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        (
            "GRANT UPDATE (owner_id) ON wallets_wallet TO purser_app",
            "purser_app may change owner_id of wallets_wallet",
        ),
        (
            "GRANT UPDATE ON wallets_transfer TO purser_app",
            "purser_app may change amount_minor of wallets_transfer",
        ),
        (
            "GRANT DELETE ON wallets_transfer TO purser_app",
            "purser_app may remove from wallets_transfer",
        ),
        (
            "ALTER TABLE wallets_wallet DROP CONSTRAINT one_wallet_for_each_number",
            "constraint one_wallet_for_each_number on wallets_wallet is missing or off",
        ),
    ],
)
def test_name_a_guard_that_was_taken_away(source: Wallet, sql: str, says: str) -> None:
    corrupt(sql)

    assert broken() == {"wallet_guards_stand": says}
