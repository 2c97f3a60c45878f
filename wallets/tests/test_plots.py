"""The drawing of a balance."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallets.plots import plot

START = datetime(2026, 1, 1, tzinfo=UTC)


def _course(balances: list[int]) -> list[tuple[datetime, int]]:
    return [(START + timedelta(hours=hour), balance) for hour, balance in enumerate(balances)]


def test_steps_go_from_left_to_right_and_end_at_the_present() -> None:
    drawn = plot(_course([0, 100, 50]))

    heights = {tick.value: tick.place for tick in drawn.ticks}
    assert [tick.value for tick in drawn.ticks] == [0, 20, 40, 60, 80, 100]
    middle = (drawn.left + drawn.right) / 2
    half = (heights[0] + heights[100]) / 2
    assert drawn.path == (
        f"M{drawn.left:.1f} {heights[0]:.1f}H{middle:.1f}V{heights[100]:.1f}"
        f"H{drawn.right:.1f}V{half:.1f}"
    )
    assert (drawn.since, drawn.until) == (START, START + timedelta(hours=2))


@pytest.mark.parametrize("balances", [[0], [0, 0], [7], [-5, 5], [10**18, 1]])
def test_whatever_was_held_can_be_drawn(balances: list[int]) -> None:
    assert plot(_course(balances)).path.startswith("M")


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=50))
def test_nothing_is_drawn_outside_and_zero_is_always_marked(balances: list[int]) -> None:
    drawn = plot(_course(balances))

    assert 0 in [tick.value for tick in drawn.ticks]
    assert 2 <= len(drawn.ticks) <= 8
    for text in re.findall(r"V(-?[\d.]+)", drawn.path):
        assert 0 <= float(text) <= drawn.height
    for text in re.findall(r"H(-?[\d.]+)", drawn.path):
        assert drawn.left <= float(text) <= drawn.right
