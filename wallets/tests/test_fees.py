from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.money import LARGEST_MINOR
from wallets.fees import Band, fee_minor, read_bands, write_bands

TARIFF = (
    Band(flat_minor=1000),
    Band(from_minor=500_000, basis_points=150, least_minor=5000, most_minor=200_000),
)


@pytest.mark.parametrize(
    ("amount", "fee"),
    [
        (1, 1000),
        (499_999, 1000),
        (500_000, 7500),
        (500_033, 7500),
        (500_034, 7501),
        (20_000_000, 200_000),
    ],
)
def test_band_of_the_amount_says_the_fee(amount: int, fee: int) -> None:
    assert fee_minor(TARIFF, amount) == fee


def test_nothing_is_free_but_what_no_band_is_for() -> None:
    assert fee_minor((), 10**12) == 0
    assert fee_minor((Band(from_minor=100, flat_minor=5),), 99) == 0


def test_flat_and_share_are_bounded_together() -> None:
    band = Band(flat_minor=100, basis_points=100, least_minor=150, most_minor=300)

    assert [band.fee_minor(amount) for amount in (1000, 10_000, 50_000)] == [150, 200, 300]


bands = st.builds(
    Band,
    flat_minor=st.integers(0, 10**9),
    basis_points=st.integers(0, 10_000),
    least_minor=st.integers(0, 10**6),
    most_minor=st.none() | st.integers(10**6, 10**12),
)


@given(band=bands, amount=st.integers(1, LARGEST_MINOR))
def test_fee_is_within_its_bounds(band: Band, amount: int) -> None:
    fee = fee_minor((band,), amount)

    assert fee >= band.least_minor
    assert band.most_minor is None or fee <= band.most_minor
    exact = band.flat_minor + amount * band.basis_points / 10_000
    if band.least_minor < fee and (band.most_minor is None or fee < band.most_minor):
        assert abs(fee - exact) <= 0.5 + exact * 1e-12


@given(band=bands)
def test_bands_are_read_as_they_were_written(band: Band) -> None:
    assert read_bands(write_bands((band,))) == (band,)


@pytest.mark.parametrize(
    "written",
    [
        {},
        [1],
        [{"flat": -1}],
        [{"flat": True}],
        [{"flat": 1.5}],
        [{"flat": "1"}],
        [{"rate": 1}],
        [{"basis_points": 10_001}],
        [{"least": 2, "most": 1}],
        [{"from": 1}, {"from": 1}],
        [{"flat": 2**63}],
        [{}] * 21,
    ],
    ids=lambda written: str(written)[:30],
)
def test_what_is_no_tariff_is_refused(written: Any) -> None:
    with pytest.raises(ValueError, match=r"\."):
        read_bands(written)
