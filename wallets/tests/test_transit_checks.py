"""The checks of what waits and what was given back name whatever a superuser broke."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.tests.factories import person
from ledger import references
from ledger.money import Money
from ledger.operations.verify import run_checks
from wallets.checks import WALLET_CHECKS
from wallets.facts import WalletFacts
from wallets.models import Transfer, Wallet
from wallets.operations import (
    ReversalOrder,
    TransferOrder,
    TransitOrder,
    claim_transfer,
    recover_transfer,
    reverse_transfer,
    send_in_transit,
    transfer,
)
from wallets.tariff import Terms
from wallets.tests.factories import wallet_of

pytestmark = pytest.mark.django_db

GUARDED = ("wallets_transfer", "wallets_transit", "ledger_journalentry", "ledger_posting")
FEE = Terms(Money.of("0.50", "NGN"))


def reference(prefix: str = "TRF") -> str:
    return references.spell(prefix, at=timezone.now(), entropy=secrets.randbits(64))


def facts(wallet: Wallet) -> WalletFacts:
    return WalletFacts(wallet.number, wallet.account_id, wallet.owner_id, wallet.currency)


class Books:
    """A direct transfer, partly given back; one that waits, one that arrived, one that returned."""

    def __init__(self) -> None:
        alice, carol = person(), person()
        self.source = wallet_of(alice, holding="100")
        target = wallet_of(carol)
        order = TransferOrder(
            reference(),
            facts(self.source),
            facts(target),
            Money.of("9", "NGN"),
            timezone.now(),
            terms=FEE,
        )
        transfer(order=order)
        self.direct = Transfer.objects.get(entry__reference=order.reference)
        part = ReversalOrder(reference("RVS"), timezone.now(), "part", Money.of("3", "NGN"))
        reverse_transfer(transfer=self.direct, order=part)
        self.waiting, self.arrived, self.returned = (self._sent(carol.email) for _ in range(3))
        claim_transfer(
            reference=self.arrived.entry.reference, claimant_id=carol.id, at=timezone.now()
        )
        recover_transfer(transfer=self.returned, at=timezone.now())

    def _sent(self, email: str) -> Transfer:
        return send_in_transit(
            TransitOrder(
                reference=reference(),
                source=facts(self.source),
                amount=Money.of("10", "NGN"),
                at=timezone.now(),
                email=email,
                terms=FEE,
            )
        )


@pytest.fixture
def books() -> Books:
    return Books()


def broken() -> dict[str, str]:
    return {f.name: f.detail for f in run_checks(WALLET_CHECKS, step=3) if not f.ok}


def corrupt(sql: str, *parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET ROLE NONE")
        for table in GUARDED:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql, parameters)
        for table in GUARDED:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("RESET ROLE")


@pytest.mark.usefixtures("books")
def test_hold_over_all_that_may_become_of_a_transfer() -> None:
    findings = run_checks(WALLET_CHECKS, step=3)

    assert [f.detail for f in findings if not f.ok] == []
    counted = {f.name: f.checked for f in findings}
    assert counted["transits_match_their_entries"] >= 3
    assert counted["in_transit_is_what_is_pending"] >= 1
    assert counted["reversals_stay_within_their_transfers"] >= 1


CORRUPTIONS: list[tuple[str, str, Callable[[Books], int]]] = [
    (
        "transits_match_their_entries",
        "UPDATE wallets_transfer SET status = 'failed' WHERE entry_id = %s",
        lambda books: books.waiting.pk,
    ),
    (
        "transits_match_their_entries",
        "UPDATE wallets_transfer SET status = 'cancelled' WHERE entry_id = %s",
        lambda books: books.arrived.pk,
    ),
    (
        "in_transit_is_what_is_pending",
        """UPDATE wallets_transit SET settled_id = transfer_id, settled_at = now(), email = ''
           WHERE transfer_id = %s""",
        lambda books: books.waiting.pk,
    ),
    (
        "reversals_stay_within_their_transfers",
        "UPDATE wallets_transferreversal SET amount_minor = 299 WHERE transfer_id = %s",
        lambda books: books.direct.pk,
    ),
    (
        "reversals_stay_within_their_transfers",
        "UPDATE wallets_transfer SET status = 'reversed' WHERE entry_id = %s",
        lambda books: books.direct.pk,
    ),
    (
        "transfers_match_their_entries",
        "UPDATE wallets_transfer SET fee_minor = 51 WHERE entry_id = %s",
        lambda books: books.direct.pk,
    ),
    (
        "transfers_match_their_entries",
        "UPDATE wallets_transfer SET destination_id = source_id - 1 WHERE entry_id = %s",
        lambda books: books.arrived.pk,
    ),
    (
        "transfer_entries_have_transfers",
        """UPDATE wallets_transit SET settled_id = NULL, settled_at = NULL, email = 'a@b.example'
           WHERE transfer_id = %s""",
        lambda books: books.returned.pk,
    ),
]


@pytest.mark.parametrize(
    ("name", "sql", "row"), CORRUPTIONS, ids=[f"{n}-{c[0]}" for n, c in enumerate(CORRUPTIONS)]
)
def test_corruption_is_named(
    books: Books, name: str, sql: str, row: Callable[[Books], int]
) -> None:
    corrupt(sql, row(books))

    assert name in broken()


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        (
            "UPDATE wallets_transfer SET status = 'pending' WHERE entry_id = %s",
            "transfer_moves_as_it_may",
        ),
        (
            "UPDATE wallets_transfer SET destination_id = NULL WHERE entry_id = %s",
            "finds_its_receiver_once",
        ),
        (
            "UPDATE wallets_transit SET settled_at = now() WHERE transfer_id = %s",
            "settled_once",
        ),
        ("DELETE FROM wallets_transit WHERE transfer_id = %s", "permission denied"),
    ],
)
def test_database_refuses_what_must_not_change(books: Books, sql: str, says: str) -> None:
    with pytest.raises(Exception, match=says), connection.cursor() as cursor:
        cursor.execute(sql, [books.arrived.pk])
