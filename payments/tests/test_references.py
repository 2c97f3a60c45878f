from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from payments import references

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SEED = UUID("6f1a3c1e-8d0b-4f52-9c7c-3f4f2b7d9a10")


def test_one_seed_at_one_time_is_one_reference() -> None:
    reference = references.deposit_reference(at=NOON, seed=SEED)

    assert references.DEPOSIT.fullmatch(reference)
    assert reference == references.deposit_reference(at=NOON, seed=SEED)


@given(st.integers(0, 2_000_000_000), st.integers(1, 10**9))
def test_references_sort_by_time(seconds: int, later_ms: int) -> None:
    at = NOON + timedelta(seconds=seconds)

    earlier = references.deposit_reference(at=at, seed=uuid4())
    later = references.deposit_reference(at=at + timedelta(milliseconds=later_ms), seed=uuid4())

    assert earlier < later


def test_a_thousand_seeds_in_one_millisecond_differ() -> None:
    assert len({references.deposit_reference(at=NOON, seed=uuid4()) for _ in range(1000)}) == 1000


@given(st.integers(1, references.MOST_ATTEMPTS))
def test_every_attempt_leads_back_to_the_first(attempt: int) -> None:
    spelled = references.deposit_reference(at=NOON, seed=SEED).replace("_", "-")

    assert references.first_attempt(references.of_attempt(spelled, attempt)) == spelled
