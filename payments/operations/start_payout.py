from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from events.operations import append_event
from ledger.money import Money
from payments import queries, references
from payments.errors import BeneficiaryNotFound, OtherProvider, PayoutsNotSupported
from payments.models import Beneficiary, Payout
from payments.providers.base import Provider
from wallets.errors import CurrencyMismatch, OutsideTransaction, WalletNotActive
from wallets.models import HoldPurpose, Wallet, WalletStatus
from wallets.operations import HoldOrder, count_use, place_hold
from wallets.tariff import quote_fee

OPERATION = "payout"


@dataclass(frozen=True, slots=True)
class PayoutWish:
    """What somebody wants paid out. `role` is theirs, for the fee; `entropy` makes the name."""

    wallet: Wallet
    beneficiary: Beneficiary
    amount: Money
    role: str
    entropy: int
    description: str = ""


def start_payout(*, wish: PayoutWish, provider: Provider, now: datetime) -> Payout:
    """Ask for a payout: the amount and its fee are held at once, and nothing is sent yet.

    Below the currency's threshold it waits for a worker only, above for people too. Must run
    inside a transaction. Raises `BeneficiaryNotFound` for a removed one, `OtherProvider`,
    `PayoutsNotSupported`, and of wallets `WalletNotActive`, `CurrencyMismatch`, `LimitExceeded`
    and the ledger's `InsufficientFunds`.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    _check(wish, provider)
    wallet, amount = wish.wallet, wish.amount
    fee = quote_fee(operation=OPERATION, amount=amount, role=wish.role, at=now)
    reference = references.payout_reference(at=now, entropy=wish.entropy)

    hold = place_hold(
        order=HoldOrder(
            wallet=wallet,
            amount=amount + fee,
            reference=references.hold_of(reference),
            at=now,
            description=wish.description,
            purpose=HoldPurpose.PAYOUT,
        )
    )
    count_use(wallet=wallet, operation=OPERATION, amount=amount, at=now)
    approvals = queries.approvals_for(amount)
    payout = Payout.objects.create(
        reference=reference,
        wallet=wallet,
        owner_id=wallet.owner_id,
        beneficiary=wish.beneficiary,
        hold=hold,
        amount_minor=amount.amount_minor,
        fee_minor=fee.amount_minor,
        currency=amount.currency.code,
        provider=provider.name,
        provider_reference=provider.spell_payout(reference),
        description=wish.description,
        approvals_needed=approvals,
        created_at=now,
        next_step_at=None if approvals else now,
    )
    append_event(
        type="payout.requested",
        subject=reference,
        owner_id=payout.owner_id,
        data=payout.facts() | {"approvals_needed": str(approvals)},
    )

    return payout


def _check(wish: PayoutWish, provider: Provider) -> None:
    wallet, beneficiary = wish.wallet, wish.beneficiary
    if wallet.status != WalletStatus.ACTIVE:
        raise WalletNotActive
    if beneficiary.removed_at is not None or beneficiary.owner_id != wallet.owner_id:
        raise BeneficiaryNotFound
    if beneficiary.provider != provider.name:
        raise OtherProvider(beneficiary.provider)
    if not wallet.currency == beneficiary.currency == wish.amount.currency.code:
        raise CurrencyMismatch
    if wallet.currency not in provider.payout_currencies:
        raise PayoutsNotSupported(provider.name, wallet.currency)
