from __future__ import annotations

import io
import secrets

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.tests.factories import person
from ledger import references
from ledger.money import Money
from ledger.operations import block_account
from wallets.facts import WalletFacts
from wallets.models import Transfer, Wallet
from wallets.operations import TransitOrder, send_in_transit
from wallets.tests.factories import holds, wallet_of

pytestmark = pytest.mark.django_db


def sent(source: Wallet) -> str:
    now = timezone.now()
    transfer = send_in_transit(
        TransitOrder(
            reference=references.spell("TRF", at=now, entropy=secrets.randbits(64)),
            source=WalletFacts(source.number, source.account_id, source.owner_id, "NGN"),
            amount=Money.of("4", "NGN"),
            at=now,
            email="hana-command@example.com",
        )
    )
    return transfer.entry.reference


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("recover_transfers", *arguments, stdout=out, stderr=out)
    return out.getvalue()


@pytest.fixture
def source() -> Wallet:
    return wallet_of(person(), holding="10")


def test_it_shows_and_changes_nothing(source: Wallet) -> None:
    reference = sent(source)

    assert reference not in run()
    told = run("--reference", reference)

    assert f"{reference}  from wallet {source.number}  4.00 NGN" in told
    assert "Nothing was changed" in told
    assert holds(source) == "6.00"


def test_it_refunds_once_when_told_to(source: Wallet) -> None:
    reference = sent(source)

    assert "1 refunded" in run("--reference", reference, "--apply")
    assert "0 refunded" in run("--reference", reference, "--apply")

    assert holds(source) == "10.00"
    assert Transfer.objects.get(entry__reference=reference).status == "failed"


def test_it_says_what_it_could_not_refund(source: Wallet) -> None:
    reference = sent(source)
    block_account(account_id=source.account_id, debits=False, credits_=True)

    with pytest.raises(SystemExit):
        run("--reference", reference, "--apply")

    assert holds(source) == "6.00"
