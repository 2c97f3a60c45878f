from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from accounts.errors import PersonNotFound
from events.operations import append_event
from ledger import chart
from ledger.money import Currency
from ledger.operations import open_customer_account
from wallets import locks, numbers
from wallets.errors import OutsideTransaction, WalletExists
from wallets.models import Wallet, WalletKind, WalletStatus

_ATTEMPTS = 5


def open_wallet(
    *,
    owner_id: UUID,
    currency: Currency,
    kind: str = WalletKind.CURRENT,
    label: str = "",
    draw_number: Callable[[], str] = numbers.draw,
) -> Wallet:
    """Open an empty wallet with a number of its own.

    Raises `WalletExists` when the owner has one of this currency and kind that is not closed,
    and `PersonNotFound` for somebody who is gone. Must run inside a transaction.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    if not locks.person_stays(owner_id):
        raise PersonNotFound
    same = Wallet.objects.filter(owner_id=owner_id, currency=currency.code, kind=kind)
    if same.exclude(status=WalletStatus.CLOSED).exists():
        raise WalletExists

    wallet = _insert(
        Wallet(owner_id=owner_id, currency=currency.code, kind=kind, label=label), draw_number
    )
    append_event(
        type="wallet.opened",
        subject=wallet.number,
        owner_id=owner_id,
        data={"currency": currency.code, "kind": kind},
    )
    return wallet


def _insert(wallet: Wallet, draw_number: Callable[[], str]) -> Wallet:
    """Insert under the first drawn number that is free."""
    for _attempt in range(_ATTEMPTS):
        wallet.number = draw_number()
        if Wallet.objects.filter(number=wallet.number).exists():
            continue
        try:
            with transaction.atomic():
                account = chart.wallet(wallet.number, wallet.currency)
                wallet.account_id = open_customer_account(account)
                wallet.save(force_insert=True)
        except IntegrityError as error:
            if "one_wallet_for_each_owner_currency_and_kind" in str(error):
                raise WalletExists from None
            continue
        wallet.refresh_from_db()
        return wallet
    raise RuntimeError("No free wallet number was drawn: the source of randomness is broken.")
