"""What Paystack lists by page. It has no feed of its own of what changed our balance with our
references in it, so that feed is put together from payments, transfers and refunds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from payments.providers.base import Done, Outcome, SettlementLine, Unknown
from payments.providers.paystack import answers
from payments.providers.paystack.client import PaystackClient

PAGE = 100
MOST_PAGES = 200

_Read = list[SettlementLine] | None

# A transfer is listed by the day it began; one that came back did so within this time.
_COMES_BACK_WITHIN = timedelta(days=7)


def rows(
    client: PaystackClient, path: str, query: Mapping[str, object]
) -> Outcome[list[dict[str, Any]]]:
    """Return all rows of a list; `Unknown` when a page is missing or there is no end."""
    found: list[dict[str, Any]] = []
    for page in range(1, MOST_PAGES + 1):
        asked = urlencode(dict(query) | {"perPage": PAGE, "page": page})
        outcome = client.get(f"{path}?{asked}")
        if not isinstance(outcome, Done):
            return outcome
        if not isinstance(outcome.value, list):
            return Unknown("unexpected_answer")
        found += [row for row in outcome.value if isinstance(row, dict)]
        if len(outcome.value) < PAGE:
            return Done(found)
    return Unknown("too_many_pages")


def settlements(
    client: PaystackClient, *, since: datetime, until: datetime
) -> Outcome[tuple[SettlementLine, ...]]:
    """Return what changed our balance in this time, oldest first."""
    window = {"from": _written(since), "to": _written(until)}
    longer = window | {"from": _written(since - _COMES_BACK_WITHIN)}
    lines: list[SettlementLine] = []
    sources: tuple[tuple[str, dict[str, str], Callable[[dict[str, Any]], _Read]], ...] = (
        ("/transaction", longer | {"status": "success"}, answers.payment_lines),
        ("/transfer", longer, answers.payout_lines),
        ("/refund", window, answers.refund_lines),
    )
    for path, query, read in sources:
        outcome = rows(client, path, query)
        if not isinstance(outcome, Done):
            return outcome
        for row in outcome.value:
            read_lines = read(row)
            if read_lines is None:
                return Unknown("unexpected_answer")
            lines += read_lines
    inside = [line for line in lines if since <= line.at < until]
    return Done(tuple(sorted(inside, key=lambda line: line.at)))


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
