"""What wallets hold by the rules alone: a model small enough to be believed, for `test_model`.

Amounts are minor units. A refusal is a set of codes, any of which may be told: which of several
reasons comes first is not part of the rules.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

Refusal = frozenset[str]
DONE: Refusal = frozenset()


@dataclass
class Book:
    """One wallet."""

    number: str
    owner: str
    currency: str
    total: int = 0
    held: int = 0
    no_debits: bool = False
    no_credits: bool = False
    ceiling: int | None = None

    @property
    def available(self) -> int:
        return self.total - self.held

    def refuses_debit(self, amount: int) -> Refusal:
        codes = {"wallet_not_active"} if self.no_debits else set()
        if amount > self.available:
            codes.add("insufficient_funds")
        return frozenset(codes)

    def takes(self, amount: int) -> bool:
        """Whether money can arrive now."""
        return not self.no_credits and (self.ceiling is None or self.total + amount <= self.ceiling)


class Stage(StrEnum):
    PENDING = "pending"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    REVERSED = "reversed"


@dataclass
class Sent:
    """One transfer. `to_email` says that it waits for its receiver to claim it."""

    reference: str
    source: Book
    target: Book
    amount: int
    stage: Stage
    to_email: bool = False
    given_back: int = 0

    @property
    def left(self) -> int:
        return self.amount - self.given_back

    def refuses_reversal(self, amount: int) -> Refusal:
        if self.stage != Stage.COMPLETED or not 0 < amount <= self.left:
            return frozenset({"transfer_not_reversible"})
        codes = set(self.target.refuses_debit(amount))
        if self.source.no_credits:
            codes.add("wallet_not_active")
        return frozenset(codes)

    def reverse(self, amount: int) -> None:
        self.target.total -= amount
        self.source.total += amount
        self.given_back += amount
        if not self.left:
            self.stage = Stage.REVERSED

    def arrive(self) -> None:
        self.target.total += self.amount
        self.stage = Stage.COMPLETED

    def go_back(self) -> None:
        self.source.total += self.amount
        self.stage = Stage.CANCELLED


@dataclass
class SetAside:
    """One hold."""

    reference: str
    book: Book
    amount: int
    left: int = field(init=False)
    is_open: bool = True

    def __post_init__(self) -> None:
        self.left = self.amount
        self.book.held += self.amount

    def refuses_capture(self, amount: int, target: Book) -> Refusal:
        if not self.is_open:
            return frozenset({"hold_not_open"})
        codes = set()
        if target is self.book:
            codes.add("same_wallet")
        if amount > self.left:
            codes.add("capture_exceeds_hold")
        if self.book.no_debits or target.no_credits:
            codes.add("wallet_not_active")
        return frozenset(codes)

    def capture(self, amount: int, target: Book) -> None:
        self.book.total -= amount
        self.book.held -= amount
        target.total += amount
        self.left -= amount
        self.is_open = self.left > 0

    def release(self) -> None:
        self.book.held -= self.left
        self.left, self.is_open = 0, False
