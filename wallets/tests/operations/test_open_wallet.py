from __future__ import annotations

import pytest

from accounts.tests.factories import person
from ledger.money import currency
from wallets.errors import OutsideTransaction
from wallets.operations import open_wallet
from wallets.tests.factories import wallet_of


@pytest.mark.django_db
def test_number_that_is_taken_is_drawn_again() -> None:
    taken = wallet_of(person()).number
    draws = iter([taken, taken, "4539578763621"])

    wallet = open_wallet(
        owner_id=person().id, currency=currency("NGN"), draw_number=lambda: next(draws)
    )

    assert wallet.number == "4539578763621"


@pytest.mark.usefixtures("committed_db")
def test_it_refuses_to_run_outside_a_transaction() -> None:
    with pytest.raises(OutsideTransaction):
        open_wallet(owner_id=person().id, currency=currency("NGN"))
