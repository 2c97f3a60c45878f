from __future__ import annotations

from typing import Any

from ledger.money import Money, currency
from wallets.facts import WalletFacts
from wallets.histories import HistoryLine
from wallets.statements.reading import Statement

TIME_ZONE = "UTC"


def line_document(line: HistoryLine, wallet: WalletFacts) -> dict[str, Any]:
    """Write a history line as clients read it."""
    unit = currency(wallet.currency)
    return {
        "id": f"{line.reference}:{line.position}",
        "type": line.type,
        "amount": Money(line.amount_minor, unit).decimal_string(),
        "balance_after": Money(line.balance_after, unit).decimal_string(),
        "currency": wallet.currency,
        "reference": line.reference,
        "counterparty": line.counterparty,
        "description": line.description,
        "metadata": line.metadata,
        "created_at": line.recorded_at,
    }


def statement_document(statement: Statement) -> dict[str, Any]:
    """Write a statement with its lines, oldest first; raises `StatementTooLong`."""
    statement.check_length()
    turnover, spell = statement.turnover, statement.spell
    return {
        "wallet": statement.number,
        "holder": statement.holder,
        "label": statement.label,
        "kind": statement.kind,
        "currency": statement.currency,
        "from": statement.period.since,
        "to": statement.period.until,
        "time_zone": TIME_ZONE,
        "created_at": statement.made_at,
        "opening_balance": spell(turnover.opening_minor),
        "closing_balance": spell(turnover.closing_minor),
        "totals": {
            "lines": turnover.line_count,
            "paid_in": spell(turnover.paid_in_minor),
            "paid_out": spell(turnover.paid_out_minor),
            "by_type": [
                {
                    "type": total.type,
                    "lines": total.lines,
                    "paid_in": spell(total.paid_in_minor),
                    "paid_out": spell(total.paid_out_minor),
                }
                for total in turnover.totals
            ],
        },
        "lines": [line_document(line, turnover.wallet) for line in statement.lines()],
    }
