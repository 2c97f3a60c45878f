from __future__ import annotations

import io

import pytest
from django.core.management import call_command

from accounts.tests.factories import person
from ledger.operations import block_account
from wallets.models import Transfer, Wallet
from wallets.tests.factories import holds, wallet_of
from wallets.tests.waiting import sent

pytestmark = pytest.mark.django_db


def stuck(source: Wallet) -> str:
    return sent(source, "hana-command@example.com", "4").entry.reference


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("recover_transfers", *arguments, stdout=out, stderr=out)
    return out.getvalue()


@pytest.fixture
def source() -> Wallet:
    return wallet_of(person(), holding="10")


def test_it_shows_and_changes_nothing(source: Wallet) -> None:
    reference = stuck(source)

    assert reference not in run()
    told = run("--reference", reference)

    assert f"{reference}  from wallet {source.number}  4.00 NGN" in told
    assert "Nothing was changed" in told
    assert holds(source) == "6.00"


def test_it_refunds_once_when_told_to(source: Wallet) -> None:
    reference = stuck(source)

    assert "1 refunded" in run("--reference", reference, "--apply")
    assert "0 refunded" in run("--reference", reference, "--apply")

    assert holds(source) == "10.00"
    assert Transfer.objects.get(entry__reference=reference).status == "failed"


def test_it_says_what_it_could_not_refund(source: Wallet) -> None:
    reference = stuck(source)
    block_account(account_id=source.account_id, debits=False, credits_=True)

    with pytest.raises(SystemExit):
        run("--reference", reference, "--apply")

    assert holds(source) == "6.00"
