from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.entries import Line
from ledger.errors import (
    AlreadyReversed,
    InsufficientFunds,
    ReversalMismatch,
    UnknownEntry,
)
from ledger.models import JournalEntry
from ledger.operations import Reversal, post, reverse
from ledger.tests.factories import NOON, balance, customer, entry

pytestmark = pytest.mark.django_db


def test_money_goes_back_and_the_two_are_linked() -> None:
    source, target = customer(100), customer()
    original = post(entry(source, target, 30, reference="T1"))

    posted = reverse(reference="T1", reversal=Reversal("R1", NOON, metadata={"why": "mistake"}))

    assert (balance(source), balance(target)) == (100, 0)
    mirror = JournalEntry.objects.get(pk=posted.entry_id)
    assert (mirror.kind, mirror.reverses_id) == ("reversal", original.entry_id)


def test_same_reversal_twice_is_once() -> None:
    source, target = customer(100), customer()
    post(entry(source, target, 30, reference="T1"))
    reversal = Reversal("R1", NOON)

    reverse(reference="T1", reversal=reversal)
    again = reverse(reference="T1", reversal=reversal)

    assert again.replayed
    assert balance(source) == 100


def test_second_reversal_is_refused() -> None:
    source, target = customer(100), customer(100)
    post(entry(source, target, 30, reference="T1"))
    reverse(reference="T1", reversal=Reversal("R1", NOON))

    for reference in ("T1", "R1"):
        with pytest.raises(AlreadyReversed):
            reverse(reference=reference, reversal=Reversal("R2", NOON))

    assert (balance(source), balance(target)) == (100, 100)


def test_money_that_was_spent_does_not_come_back() -> None:
    source, target, third = customer(100), customer(), customer()
    post(entry(source, target, 30, reference="T1"))
    post(entry(target, third, 1))

    with pytest.raises(InsufficientFunds):
        reverse(reference="T1", reversal=Reversal("R1", NOON))

    assert (balance(source), balance(target)) == (70, 29)


@pytest.mark.parametrize("change", ["more", "account", "same way", "unknown entry"])
def test_reversal_that_is_no_mirror_is_refused(change: str) -> None:
    """Whoever calls the ledger's function may name any entry as the one that is undone."""
    source, target, third = customer(100), customer(50), customer(100)
    original = post(entry(source, target, 30, reference="T1"))
    mirror = replace(entry(target, source, 30), reverses_id=original.entry_id)
    match change:
        case "more":
            wrong = replace(mirror, lines=entry(target, source, 31).lines)
        case "account":
            wrong = replace(mirror, lines=entry(third, source, 30).lines)
        case "same way":
            wrong = replace(mirror, lines=entry(source, target, 30).lines)
        case _:
            wrong = replace(mirror, reverses_id=original.entry_id + 1000)

    with pytest.raises(ReversalMismatch):
        post(wrong)

    assert (balance(source), balance(target), balance(third)) == (70, 80, 100)


def test_parts_come_to_no_more_than_the_whole() -> None:
    source, target = customer(100), customer(100)
    post(entry(source, target, 30, reference="T1"))

    for number, amount in enumerate((10, 19), start=1):
        part = entry(target, source, amount).lines
        reverse(reference="T1", reversal=Reversal(f"R{number}", NOON), lines=part)
    with pytest.raises(AlreadyReversed):
        reverse(
            reference="T1",
            reversal=Reversal("R3", NOON),
            lines=entry(target, source, 2).lines,
        )
    reverse(reference="T1", reversal=Reversal("R3", NOON), lines=entry(target, source, 1).lines)

    assert (balance(source), balance(target)) == (100, 100)
    assert JournalEntry.objects.get(reference="R3").reverses_id is not None


def test_lines_are_bounded_each_by_itself() -> None:
    """What one receiver cannot give back is not taken from another one."""
    source, target, fees = customer(100), customer(100), customer(100)
    lines = (Line(source, -33, "out"), Line(target, 30, "in"), Line(fees, 3, "fee"))
    post(replace(entry(source, target, 30, reference="T1"), lines=lines))

    with pytest.raises(ReversalMismatch):
        reverse(
            reference="T1",
            reversal=Reversal("R1", NOON),
            lines=(Line(source, 8, "back"), Line(target, -4, "back"), Line(fees, -4, "back")),
        )

    assert (balance(source), balance(target), balance(fees)) == (67, 130, 103)


def test_unknown_entry_is_refused() -> None:
    with pytest.raises(UnknownEntry):
        reverse(reference="T1", reversal=Reversal("R1", NOON))
