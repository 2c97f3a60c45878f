from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ledger.money import Money, currency
from wallets.errors import StatementTooLong
from wallets.facts import WalletFacts
from wallets.histories import HistoryLine, Turnover, turnover
from wallets.models import Wallet
from wallets.periods import Period

# What JSON and PDF hold: some 360 pages.
MOST_LINES = 10_000


@dataclass(frozen=True, slots=True)
class Statement:
    """What a wallet held at the beginning of a period, every line, and what it held at the end.

    `holder` is whose wallet it is, by name, or by address where no name is known.
    """

    holder: str
    label: str
    kind: str
    period: Period
    made_at: datetime
    turnover: Turnover

    @property
    def number(self) -> str:
        return self.turnover.wallet.number

    @property
    def currency(self) -> str:
        return self.turnover.wallet.currency

    def lines(self) -> Iterator[HistoryLine]:
        """Yield the lines, oldest first; opening plus lines is closing."""
        return self.turnover.lines()

    def spell(self, minor: int) -> str:
        """Write an amount of the wallet's currency in major units."""
        return Money(minor, currency(self.currency)).decimal_string()

    def check_length(self) -> None:
        """Raise `StatementTooLong` when the lines are more than `MOST_LINES`."""
        if self.turnover.line_count > MOST_LINES:
            raise StatementTooLong


def read_statement(*, wallet: Wallet, period: Period, at: datetime) -> Statement:
    """Return the statement of a wallet that was read with its owner; one query.

    Lines that are made later are never in it, also where the period has not ended yet.
    """
    facts = WalletFacts(wallet.number, wallet.account_id, wallet.owner_id, wallet.currency)
    owner = wallet.owner
    return Statement(
        holder=owner.name or owner.email,
        label=wallet.label,
        kind=wallet.kind,
        period=period,
        made_at=at,
        turnover=turnover(facts, since=period.since, until=period.until),
    )
