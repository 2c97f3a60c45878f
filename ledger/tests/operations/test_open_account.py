from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection

from ledger import chart
from ledger.models import LedgerAccount
from ledger.operations import open_account, open_customer_account
from ledger.queries import chart_balance, find_account_ids


@pytest.mark.django_db
def test_busy_account_is_sixteen_rows_with_ids_above_all_customers() -> None:
    ids = open_account(chart.fees("NGN"))
    customer = open_customer_account(chart.wallet(uuid4().hex, "NGN"))

    rows = LedgerAccount.objects.filter(pk__in=ids).order_by("id")
    assert [row.shard for row in rows] == list(range(16))
    assert customer < min(ids)
    assert find_account_ids(chart.fees("NGN")) == ids


@pytest.mark.django_db
def test_opening_twice_is_once() -> None:
    assert open_account(chart.fees("NGN")) == open_account(chart.fees("NGN"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "other",
    [replace(chart.fees("NGN"), kind=chart.ASSET), replace(chart.fees("NGN"), currency="USD")],
)
def test_code_of_another_account_is_refused(other: chart.ChartAccount) -> None:
    open_account(chart.fees("NGN"))

    with pytest.raises(DatabaseError, match="another kind or currency"):
        open_account(other)


@pytest.mark.django_db
def test_account_that_is_not_open_holds_nothing() -> None:
    assert chart_balance(chart.bank("nowhere", "NGN")) == 0
    assert find_account_ids(chart.bank("nowhere", "NGN")) == ()


@pytest.mark.usefixtures("committed_db")
def test_opening_at_once_makes_one_account() -> None:
    account = chart.bank(uuid4().hex, "NGN")

    def open_it(_number: int) -> tuple[int, ...]:
        try:
            return open_account(account)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(open_it, range(8)))

    assert len(found) == 1
    assert len(found.pop()) == 16
