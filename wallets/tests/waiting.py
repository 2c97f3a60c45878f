"""Money that waits for its receiver, for tests."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.utils import timezone

from ledger import references
from ledger.money import Money
from wallets.facts import WalletFacts
from wallets.models import Transfer, Wallet
from wallets.operations import TransitOrder, send_in_transit


def facts(wallet: Wallet) -> WalletFacts:
    return WalletFacts(wallet.number, wallet.account_id, wallet.owner_id, wallet.currency)


def sent(
    source: Wallet, to: Wallet | str, amount: str, *, at: datetime | None = None, **rest: Any
) -> Transfer:
    """Send major units to a wallet or an address, to wait there."""
    now = at or timezone.now()
    return send_in_transit(
        TransitOrder(
            reference=references.spell("TRF", at=now, entropy=secrets.randbits(64)),
            source=facts(source),
            amount=Money.of(amount, source.currency),
            at=now,
            destination=facts(to) if isinstance(to, Wallet) else None,
            email=to if isinstance(to, str) else "",
            **rest,
        )
    )
