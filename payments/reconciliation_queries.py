"""Reads for comparing a provider's books with ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from typing import TypeAlias

from ledger import chart
from ledger.queries import moved_by
from payments import references
from payments.breaks import Ours
from payments.models import Deposit, Payout, Refund
from payments.queries import attempts

Key: TypeAlias = tuple[str, str]  # currency and reference
_Record: TypeAlias = Deposit | Payout | Refund


@dataclass(frozen=True, slots=True)
class Book:
    """Our side: what we have by key, and by which of their references a provider means it."""

    ours: dict[Key, Ours] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


def our_book(
    *, provider: str, told: Iterable[str], keys: Iterable[str], since: datetime, until: datetime
) -> Book:
    """Return our side of what a provider told of, of `keys`, and of what ended in a time.

    `told` are references in the provider's spelling, `keys` ours.
    """
    told, keys = list(told), list(keys)
    book = Book()
    found: dict[Key, _Record] = {}
    rows: Iterator[_Record] = chain(
        _deposits(provider, told, keys, since, until),
        _payouts(provider, told, keys, since, until),
        _refunds(provider, told, keys, since, until),
    )
    for row in rows:
        found[row.currency, row.reference] = row
        book.names.update(dict.fromkeys(_their_names(row), row.reference))
    moved = _moved(provider, found)
    book.ours.update({key: _ours(row, moved[key]) for key, row in found.items()})
    return book


def _deposits(
    provider: str, told: list[str], keys: list[str], since: datetime, until: datetime
) -> Iterator[Deposit]:
    firsts = {references.first_attempt(name) for name in told}
    numbers = range(1, references.MOST_ATTEMPTS + 1)
    spelled = [references.of_attempt(first, number) for first in firsts for number in numbers]
    rows = Deposit.objects.filter(provider=provider)
    yield from rows.filter(provider_reference__in=spelled)
    yield from rows.filter(reference__in=keys)
    yield from rows.filter(completed_at__gte=since, completed_at__lt=until)


def _payouts(
    provider: str, told: list[str], keys: list[str], since: datetime, until: datetime
) -> Iterator[Payout]:
    rows = Payout.objects.filter(provider=provider)
    yield from rows.filter(provider_reference__in=told)
    yield from rows.filter(reference__in=keys)
    ended = (Payout.Status.COMPLETED, Payout.Status.REVERSED)
    yield from rows.filter(status__in=ended, ended_at__gte=since, ended_at__lt=until)


def _refunds(
    provider: str, told: list[str], keys: list[str], since: datetime, until: datetime
) -> Iterator[Refund]:
    rows = Refund.objects.filter(provider=provider)
    yield from rows.filter(reference__in=[*told, *keys])
    ended = (Refund.Status.COMPLETED, Refund.Status.REVERSED)
    yield from rows.filter(status__in=ended, ended_at__gte=since, ended_at__lt=until)


def _their_names(row: _Record) -> list[str]:
    match row:
        case Deposit():
            return attempts(row)
        case Payout():
            return [row.provider_reference]
        case Refund():
            return [row.reference]


def _moved(provider: str, found: Iterable[Key]) -> dict[Key, tuple[int, int]]:
    """Return what the entries of each reference did to our account there: net, and gross."""
    moved: dict[Key, tuple[int, int]] = {}
    by_currency: dict[str, list[str]] = {}
    for code, reference in found:
        by_currency.setdefault(code, []).append(reference)
    for code, names in by_currency.items():
        account = chart.clearing(provider, code)
        entries = [entry for name in names for entry in _entries(name)]
        posted = moved_by(account=account, references=entries)
        for name in names:
            # A debit is what we own: the sign turns round.
            moved[code, name] = (
                -sum(posted.get(entry, 0) for entry in _entries(name)),
                -sum(posted.get(entry, 0) for entry in (name, references.reversal_of(name))),
            )
    return moved


def _entries(reference: str) -> tuple[str, ...]:
    fee = references.fee_of(reference)
    return reference, references.reversal_of(reference), fee, references.reversal_of(fee)


def _ours(row: _Record, moved: tuple[int, int]) -> Ours:
    ours = Ours(
        kind=type(row).__name__.lower(),
        status=row.status,
        contradicts=bool(row.mismatch),
        minor=moved[0],
        gross_minor=moved[1],
    )
    return replace(ours, at=row.completed_at if isinstance(row, Deposit) else row.ended_at)
