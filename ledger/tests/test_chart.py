from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import chart

parts = st.text("abcXYZ019_-", min_size=1, max_size=12)
namers = st.one_of(
    st.tuples(
        st.sampled_from(
            [
                chart.wallet,
                chart.clearing,
                chart.bank,
                chart.provider_costs,
                chart.offline_hold,
                chart.offline_receivable,
            ]
        ),
        st.tuples(parts, st.sampled_from(["NGN", "USD"])),
    ),
    st.tuples(
        st.sampled_from(
            [
                chart.fees,
                chart.fx_position,
                chart.fx_spread,
                chart.in_transit,
                chart.offline_claims,
                chart.offline_reserve,
                chart.adjustments,
                chart.opening,
            ]
        ),
        st.tuples(st.sampled_from(["NGN", "USD"])),
    ),
)


@given(one=namers, other=namers)
def test_two_accounts_never_share_a_code(one: tuple, other: tuple) -> None:
    (name, arguments), (other_name, other_arguments) = one, other

    same = name(*arguments).code == other_name(*other_arguments).code

    assert same == (one == other)


@pytest.mark.parametrize("part", ["", "a:b", "a b", "\u00e9", "a" * 41, "a\n"])
def test_part_that_could_be_mistaken_is_refused(part: str) -> None:
    with pytest.raises(ValueError, match="cannot be part"):
        chart.clearing(part, "NGN")
