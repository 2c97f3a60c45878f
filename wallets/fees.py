"""What an operation costs, from bands of amounts. Pure.

A band holds for amounts from `from_minor` up to the next band's: a flat part, a share in basis
points (hundredths of a percent) rounded half up to the minor unit, and bounds of the two together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ledger.money import LARGEST_MINOR

WHOLE = 10_000  # basis points
MOST_BANDS = 20

_MEMBERS = {"from", "flat", "basis_points", "least", "most"}


@dataclass(frozen=True, slots=True)
class Band:
    """One step of a tariff, in minor units. Without `most_minor` the share is unbounded."""

    from_minor: int = 0
    flat_minor: int = 0
    basis_points: int = 0
    least_minor: int = 0
    most_minor: int | None = None

    def fee_minor(self, amount_minor: int) -> int:
        share = (amount_minor * self.basis_points + WHOLE // 2) // WHOLE
        fee = max(self.flat_minor + share, self.least_minor)
        return fee if self.most_minor is None else min(fee, self.most_minor)


def fee_minor(bands: Sequence[Band], amount_minor: int) -> int:
    """Return what an amount costs: 0 below the first band, and without any."""
    fee = 0
    for band in bands:
        if amount_minor < band.from_minor:
            break
        fee = band.fee_minor(amount_minor)
    return fee


def read_bands(written: Any) -> tuple[Band, ...]:
    """Read bands from JSON: a list of objects with `from`, `flat`, `basis_points`, `least`, `most`.

    All are integers, amounts in minor units; what is missing is 0, and `most` unbounded. Raises
    `ValueError` with a sentence for whatever is no tariff.
    """
    if not isinstance(written, list) or len(written) > MOST_BANDS:
        raise ValueError(f"A tariff is a list of at most {MOST_BANDS} bands.")
    bands = tuple(_read_band(item) for item in written)
    if any(low.from_minor >= high.from_minor for low, high in pairwise(bands)):
        raise ValueError("Bands come in ascending order of `from`.")
    return bands


def write_bands(bands: Sequence[Band]) -> list[dict[str, int | None]]:
    """Write bands as `read_bands` reads them."""
    return [
        {
            "from": band.from_minor,
            "flat": band.flat_minor,
            "basis_points": band.basis_points,
            "least": band.least_minor,
            "most": band.most_minor,
        }
        for band in bands
    ]


def _read_band(item: Any) -> Band:
    if not isinstance(item, dict) or item.keys() - _MEMBERS:
        raise ValueError("A band has from, flat, basis_points, least and most, and nothing else.")
    most = item.get("most")
    band = Band(
        from_minor=_natural(item, "from"),
        flat_minor=_natural(item, "flat"),
        basis_points=_natural(item, "basis_points"),
        least_minor=_natural(item, "least"),
        most_minor=None if most is None else _natural(item, "most"),
    )
    if band.basis_points > WHOLE:
        raise ValueError("A share is at most 10,000 basis points.")
    if band.most_minor is not None and band.most_minor < band.least_minor:
        raise ValueError("`most` is not below `least`.")
    return band


def _natural(item: dict[str, Any], name: str) -> int:
    value = item.get(name, 0)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST_MINOR:
        raise ValueError(f"`{name}` is a whole number, zero or more.")
    return value
