"""Reads what is to be sent: to a wallet, or to whoever has an address."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.principal import Principal
from ledger import references
from wallets import queries, tariff
from wallets.api.destinations import is_email
from wallets.api.fields import money_of
from wallets.facts import WalletFacts
from wallets.operations import TransferOrder, TransitOrder


def read_order(
    asked: Mapping[str, Any], *, sender: Principal, at: datetime
) -> TransferOrder | TransitOrder:
    """Return the order for what a valid request asks for, with the sender's terms.

    Raises `WalletNotFound`, `DestinationNotFound` and `ValidationError`.
    """
    if is_email(asked["destination"]):
        source = queries.wallet_facts(owner_id=sender.id, number=asked["source"])
        return TransitOrder(email=asked["destination"], **_rest(asked, source, sender, at))
    source, destination = queries.transfer_parties(
        owner_id=sender.id, source=asked["source"], destination=asked["destination"]
    )
    return TransferOrder(destination=destination, **_rest(asked, source, sender, at))


def _rest(
    asked: Mapping[str, Any], source: WalletFacts, sender: Principal, at: datetime
) -> dict[str, Any]:
    amount = money_of(asked["amount"], asked.get("currency", source.currency))
    return {
        "reference": references.spell("TRF", at=at, entropy=secrets.randbits(64)),
        "source": source,
        "amount": amount,
        "at": at,
        "description": asked["description"],
        "metadata": asked["metadata"] or None,
        "terms": tariff.terms(
            operation="transfer", amount=amount, tier=sender.kyc_tier, role=sender.role, at=at
        ),
    }
