"""Reads of what happens to wallets: freezes, alerts, and what others may see of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from ledger.queries import Balance
from wallets.errors import WalletNotFound
from wallets.models import BalanceAlert, Freeze, Wallet, WalletStatus

# Long names and short ones look alike.
_STARS = "***"


@dataclass(frozen=True, slots=True)
class Payee:
    """What somebody who is about to pay a wallet may know: enough to notice a slip."""

    number: str
    name: str
    currency: str


def find_payee(number: str) -> Payee:
    """Return what may be told to anybody about a wallet that is not closed.

    Raises `WalletNotFound`. One query, whether there is such a wallet or not.
    """
    row = (
        Wallet.objects.filter(number=number)
        .exclude(status=WalletStatus.CLOSED)
        .values_list("number", "owner__name", "currency")
        .first()
    )
    if row is None:
        raise WalletNotFound
    number, name, currency = row
    return Payee(number=number, name=mask(name), currency=currency)


def mask(name: str) -> str:
    """Return the first letter of each part of a name, such as `A*** O***`; empty for none."""
    return " ".join(part[0] + _STARS for part in name.split())


def get_wallet_below(*, number: str, weight: int) -> Wallet:
    """Return a wallet of somebody whose role weighs less than `weight`; raises `WalletNotFound`."""
    wallets = wallets_below(weight=weight).select_related("owner")
    wallet = wallets.filter(number=number).first()
    if wallet is None:
        raise WalletNotFound
    return wallet


def wallets_below(*, weight: int) -> QuerySet[Wallet]:
    """Return the wallets of people whose role weighs less than `weight`."""
    return Wallet.objects.filter(owner__role__weight__lt=weight)


def get_any_wallet(number: str) -> Wallet:
    """Return a wallet, whoever owns it; raises `WalletNotFound`. For the operator's commands."""
    wallet = Wallet.objects.filter(number=number).first()
    if wallet is None:
        raise WalletNotFound
    return wallet


def balance_of(wallet: Wallet) -> Balance:
    """Return what a wallet holds now, read anew."""
    account = Wallet.objects.select_related("account").get(pk=wallet.pk).account
    return Balance(account.balance_minor, account.held_minor, account.moved_at)


def freezes_to_end(*, now: datetime, limit: int) -> list[Freeze]:
    """Return the open freezes whose time is over, the longest waiting first."""
    due = Freeze.objects.filter(lifted_at=None, expires_at__lte=now)
    return list(due.select_related("wallet").order_by("expires_at")[:limit])


def find_alert(wallet: Wallet) -> BalanceAlert | None:
    """Return what a wallet's owner wants to be told of, None when nothing."""
    return BalanceAlert.objects.filter(wallet=wallet).first()
