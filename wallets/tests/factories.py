"""Wallets that hold money, for tests."""

from __future__ import annotations

from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from ledger import chart
from ledger.money import Money, currency
from ledger.queries import chart_balance
from wallets.models import Wallet
from wallets.operations import Incoming, open_wallet, receive


def wallet_of(owner: User, *, holding: str = "0", code: str = "NGN") -> Wallet:
    """Open a wallet of `owner` that holds this many major units."""
    with transaction.atomic():
        wallet = open_wallet(owner_id=owner.id, currency=currency(code))
        if money := Money.of(holding, code):
            fund(wallet, money)
    return wallet


def fund(wallet: Wallet, money: Money) -> None:
    """Put money into a wallet as its opening balance."""
    with transaction.atomic():
        receive(
            wallet=wallet,
            incoming=Incoming(
                amount=money,
                source=chart.opening(wallet.currency),
                reference=f"OPN_{uuid4().hex}",
                kind="adjustment",
                occurred_at=timezone.now(),
            ),
        )


def holds(wallet: Wallet) -> str:
    """Return what a wallet holds now, in major units."""
    minor = chart_balance(chart.wallet(wallet.number, wallet.currency))
    return Money(minor, currency(wallet.currency)).decimal_string()
