"""What never changes about a wallet, remembered for as long as the process lives."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class WalletFacts:
    """Whose a wallet is and which account it stands for. None of this ever changes."""

    number: str
    account_id: int
    owner_id: UUID
    currency: str


class FactsByNumber:
    """At most `capacity` wallets' facts; the oldest half goes when it is full."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._known: dict[str, WalletFacts] = {}

    def get(self, number: str) -> WalletFacts | None:
        return self._known.get(number)

    def add(self, facts: WalletFacts) -> None:
        if len(self._known) >= self._capacity:
            for number in list(self._known)[: self._capacity // 2]:
                self._known.pop(number, None)
        self._known[facts.number] = facts
