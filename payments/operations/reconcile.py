from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction

from events.operations import append_event
from payments import breaks, locks, queries
from payments.breaks import Ours, State, Verdict
from payments.errors import ProviderUnavailable
from payments.models import ReconciliationLine, ReconciliationRun
from payments.operations.keep_conversation import told
from payments.providers import patience
from payments.providers.base import Done, Provider, SettlementLine
from payments.reconciliation_queries import Key, our_book

log = logging.getLogger(__name__)

# What is about one payment may stand in the provider's books days apart; its lines within this
# time before the day, and the day after it, are added up.
LOOK_BACK = timedelta(days=14)
LOOK_AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Compared:
    """What one reference came to."""

    key: Key
    theirs_minor: int
    ours_minor: int
    adjusted_minor: int
    verdict: Verdict


def reconcile(*, provider: Provider, day: date, now: datetime, apply: bool) -> list[Compared]:
    """Compare what a provider says of a day (UTC) with our books; return every reference of it.

    Breaks of the days before are judged again. With `apply` it is stored, as a run and a line
    for each reference, and told in the log when anything is broken; no money moves. Raises
    `ProviderUnavailable` when the provider does not list its books. Refuses to run inside a
    transaction: it talks to a provider.
    """
    since = datetime.combine(day, time(), tzinfo=UTC)
    until = since + timedelta(days=1)
    # Opened and closed at once: refuses to be inside another.
    with transaction.atomic(durable=True):
        open_keys = queries.open_breaks(provider=provider.name, since=day - LOOK_BACK, until=day)
    theirs = _ask(provider, since - LOOK_BACK, min(until + LOOK_AHEAD, now))

    with transaction.atomic(durable=True):
        locks.reconciling(provider.name)
        book = our_book(
            provider=provider.name,
            told={line.reference for line in theirs if line.reference},
            keys=open_keys,
            since=since,
            until=until,
        )
        lines = _by_key(theirs, book.names)
        keys = [
            key
            for key in dict.fromkeys([*lines, *book.ours])
            if key[1] in open_keys
            or any(since <= line.at < until for line in lines.get(key, ()))
            or _is_within(book.ours.get(key), since, until)
        ]
        stored = locks.reconciliation_lines(provider=provider.name, keys=[key[1] for key in keys])
        before = {(row.currency, row.key): row for row in stored}
        found = [
            _compare(key, book.ours.get(key, Ours()), lines.get(key, []), before.get(key), now)
            for key in sorted(keys)
        ]
        if apply:
            _store(found, before, provider=provider.name, day=day, now=now)
    return found


def _ask(provider: Provider, since: datetime, until: datetime) -> Sequence[SettlementLine]:
    outcome = told(
        patience.again(provider.name, lambda: provider.list_settlements(since=since, until=until)),
        provider=provider.name,
        question="list_settlements",
        reference=f"{since:%Y-%m-%d}",
    )
    if isinstance(outcome, Done):
        return outcome.value
    reason = getattr(outcome, "code", "") or getattr(outcome, "reason", "")
    raise ProviderUnavailable(provider.name, reason)


def _by_key(
    theirs: Sequence[SettlementLine], names: dict[str, str]
) -> dict[Key, list[SettlementLine]]:
    lines: dict[Key, list[SettlementLine]] = {}
    for line in theirs:
        name = names.get(line.reference, line.reference) or f"{line.kind}:{line.provider_reference}"
        lines.setdefault((line.currency, name[:120]), []).append(line)
    return lines


def _is_within(ours: Ours | None, since: datetime, until: datetime) -> bool:
    """Whether it moved money in this time."""
    return ours is not None and ours.minor != 0 and ours.at is not None and since <= ours.at < until


def _compare(
    key: Key,
    ours: Ours,
    theirs: Sequence[SettlementLine],
    before: ReconciliationLine | None,
    now: datetime,
) -> Compared:
    # What they listed once and is too old to be listed now still stands.
    listed = before.theirs_minor if before and not theirs else 0
    theirs_minor = sum((line.net_minor for line in theirs), start=listed)
    adjusted = before.adjusted_minor if before else 0
    verdict = breaks.judge(
        ours=ours, theirs=theirs, theirs_minor=theirs_minor, adjusted=adjusted, now=now
    )
    return Compared(key, theirs_minor, ours.minor, adjusted, verdict)


def _store(
    found: Sequence[Compared],
    before: dict[Key, ReconciliationLine],
    *,
    provider: str,
    day: date,
    now: datetime,
) -> None:
    broken = sum(each.verdict.state != State.MATCHED for each in found)
    run = ReconciliationRun.objects.create(
        provider=provider, day=day, ran_at=now, matched=len(found) - broken, broken=broken
    )
    for each in found:
        currency, key = each.key
        line = before.get(each.key) or ReconciliationLine(
            provider=provider, currency=currency, key=key, day=day
        )
        line.theirs_minor, line.ours_minor = each.theirs_minor, each.ours_minor
        line.state, line.cause, line.run = each.verdict.state, each.verdict.cause, run
        line.save()
    append_event(
        type="reconciliation.completed",
        subject=str(run),
        owner_id=None,
        data={"provider": provider, "day": f"{day}", "matched": run.matched, "broken": broken},
    )
    if broken:
        log.error("reconciliation_broken", extra={"run": str(run), "broken": broken})
