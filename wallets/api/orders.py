"""Reads what is to be sent: to a wallet, or to whoever has an address."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from accounts.principal import Principal
from ledger import references
from wallets import queries, tariff
from wallets.api.destinations import is_email
from wallets.api.fields import money_of
from wallets.errors import DestinationNotFound, WalletNotFound, WalletRefusal
from wallets.facts import WalletFacts
from wallets.operations import TransferOrder, TransitOrder

Facts = Mapping[str, WalletFacts | None]


def read_order(
    asked: Mapping[str, Any], *, sender: Principal, at: datetime
) -> TransferOrder | TransitOrder:
    """Return the order for what a valid request asks for, with the sender's terms.

    At most one query. Raises `WalletNotFound`, `DestinationNotFound` and `ValidationError`.
    """
    return _order(asked, queries.facts_by_number(_numbers(asked)), sender, at)


def read_orders(
    asked: Sequence[Mapping[str, Any]], *, sender: Principal, at: datetime
) -> list[TransferOrder | TransitOrder | WalletRefusal]:
    """Return an order for each of several, or why there is none; one query for all.

    Raises `ValidationError` for amounts that their currency cannot express.
    """
    numbers = {number for each in asked for number in _numbers(each)}
    facts = queries.facts_by_number(sorted(numbers))
    return [_order_or_refusal(each, facts, sender, at) for each in asked]


def _order_or_refusal(
    asked: Mapping[str, Any], facts: Facts, sender: Principal, at: datetime
) -> TransferOrder | TransitOrder | WalletRefusal:
    try:
        return _order(asked, facts, sender, at)
    except WalletRefusal as refusal:
        return refusal


def _numbers(asked: Mapping[str, Any]) -> list[str]:
    ends = (asked["source"], asked["destination"])
    return [number for number in ends if not is_email(number)]


def _order(
    asked: Mapping[str, Any], facts: Facts, sender: Principal, at: datetime
) -> TransferOrder | TransitOrder:
    source = facts[asked["source"]]
    if source is None or source.owner_id != sender.id:
        raise WalletNotFound
    if is_email(asked["destination"]):
        return TransitOrder(email=asked["destination"], **_rest(asked, source, sender, at))
    destination = facts[asked["destination"]]
    if destination is None:
        raise DestinationNotFound
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
