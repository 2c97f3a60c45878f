"""CSV, as spreadsheets read it: UTF-8, a head, one line for each line."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any

from wallets.histories import History
from wallets.statements.documents import line_document
from wallets.statements.reading import Statement

COLUMNS = (
    "id", "type", "amount", "balance_after", "currency", "reference", "counterparty",
    "description", "metadata", "created_at",
)  # fmt: skip

# What other people wrote. Amounts may begin with a minus sign, and are ours.
_FOREIGN = ("description", "metadata")
# With these a cell is a formula to a spreadsheet, which would run it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_LINES_A_PIECE = 200


def history_csv(history: History) -> Iterator[str]:
    """Yield every line of a history, newest first, in pieces of CSV."""
    return _written(line_document(line, history.wallet) for line in history.all_lines())


def statement_csv(statement: Statement) -> Iterator[str]:
    """Yield a statement in pieces of CSV, oldest first.

    Its first and last lines are the balances before and after, of types `opening_balance` and
    `closing_balance`, without an amount.
    """
    return _written(_with_balances(statement))


def _with_balances(statement: Statement) -> Iterator[dict[str, Any]]:
    turnover, period = statement.turnover, statement.period
    empty = dict.fromkeys(COLUMNS, "") | {"currency": statement.currency, "metadata": {}}
    yield empty | {
        "type": "opening_balance",
        "balance_after": statement.spell(turnover.opening_minor),
        "created_at": period.since,
    }
    for line in statement.lines():
        yield line_document(line, turnover.wallet)
    yield empty | {
        "type": "closing_balance",
        "balance_after": statement.spell(turnover.closing_minor),
        "created_at": min(period.until, statement.made_at),
    }


def _written(documents: Iterable[dict[str, Any]]) -> Iterator[str]:
    piece = StringIO()
    writer = csv.writer(piece)
    writer.writerow(COLUMNS)
    for count, document in enumerate(documents, 1):
        writer.writerow(_cells(document))
        if count % _LINES_A_PIECE == 0:
            yield piece.getvalue()
            piece.seek(0)
            piece.truncate()
    yield piece.getvalue()


def _cells(document: dict[str, Any]) -> list[str]:
    cells = dict(document)
    cells["created_at"] = document["created_at"].isoformat().replace("+00:00", "Z")
    extra = document["metadata"]
    cells["metadata"] = json.dumps(extra, ensure_ascii=False) if extra else ""
    for name in _FOREIGN:
        if cells[name].startswith(_FORMULA):
            cells[name] = f"'{cells[name]}"
    return [cells[name] or "" for name in COLUMNS]
