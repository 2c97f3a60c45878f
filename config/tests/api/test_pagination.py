from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from accounts.models import KeyedAnswer

pytestmark = [pytest.mark.urls("config.tests.api.urls"), pytest.mark.django_db]

BOTH = pytest.mark.parametrize("address", ["/api/v1/answers", "/api/v1/raw-answers"])
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def add(number: int, *, second: int | None = None) -> str:
    """Add a row; those of one second are ordered by their number."""
    row = KeyedAnswer.objects.create(
        request_key=UUID(int=number),
        fingerprint=UUID(int=0),
        claimed_at=BEGIN + timedelta(seconds=number if second is None else second),
    )
    return str(row.request_key)


def get(client: Client, address: str) -> Any:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    return answer.json()


def pages(client: Client, address: str | None, link: str) -> Iterator[Any]:
    while address:
        page = get(client, address)
        yield page
        address = page[link]


@BOTH
def test_newest_first_one_query(
    client: Client, address: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    keys = [add(number) for number in range(1, 8)]

    with django_assert_num_queries(1):
        page = get(client, f"{address}?page_size=3&type=fee")

    assert page["results"] == [keys[6], keys[5], keys[4]]
    assert page["previous"] is None
    url = urlsplit(page["next"])
    assert page["next"].startswith("http://testserver/")
    assert parse_qs(url.query).keys() == {"page_size", "type", "cursor"}

    with django_assert_num_queries(1):
        page = get(client, page["next"])
    assert page["results"] == [keys[3], keys[2], keys[1]]


@BOTH
def test_empty(client: Client, address: str) -> None:
    assert get(client, address) == {"results": [], "next": None, "previous": None}


@BOTH
def test_default_and_largest_size(client: Client, address: str) -> None:
    KeyedAnswer.objects.bulk_create(
        KeyedAnswer(request_key=UUID(int=n), fingerprint=UUID(int=0)) for n in range(1, 231)
    )

    assert len(get(client, address)["results"]) == 50
    assert len(get(client, f"{address}?page_size=200")["results"]) == 200
    assert len(get(client, f"{address}?page_size=1000")["results"]) == 200


@BOTH
@pytest.mark.parametrize("size", ["0", "-1", "x", "", "1.5", "1e2", "\uff15", "9" * 30, "+5"])
def test_bad_size(client: Client, address: str, size: str) -> None:
    answer = client.get(address, {"page_size": size})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "page_size"


@BOTH
@pytest.mark.parametrize("cursor", ["", "x", "W10", "bnVsbA", "WzFd", "e30", "\uff15", "=" * 3])
def test_bad_cursor(client: Client, address: str, cursor: str) -> None:
    answer = client.get(address, {"cursor": cursor})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "cursor"


@BOTH
def test_tampered_cursor(client: Client, address: str) -> None:
    for number in range(1, 4):
        add(number)
    cursor = parse_qs(urlsplit(get(client, f"{address}?page_size=1")["next"]).query)["cursor"][0]

    statuses = {
        client.get(address, {"cursor": cursor[:at] + "!" + cursor[at + 1 :]}).status_code
        for at in range(len(cursor))
    }

    assert statuses == {400}


@BOTH
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    seconds=st.lists(st.integers(0, 5), max_size=25),
    size=st.integers(1, 6),
    late=st.lists(st.integers(0, 3), max_size=8),
)
def test_a_walk_sees_each_row_once_while_others_arrive(
    client: Client, address: str, seconds: list[int], size: int, late: list[int]
) -> None:
    KeyedAnswer.objects.all().delete()
    for number, second in enumerate(sorted(seconds)):
        add(number + 1, second=second)
    there = [str(key) for key in KeyedAnswer.objects.order_by("-claimed_at", "-request_key")
             .values_list("request_key", flat=True)]  # fmt: skip
    arrivals = iter(late)

    seen, last = [], None
    for page in pages(client, f"{address}?page_size={size}", "next"):
        seen += page["results"]
        last = page
        for _ in range(next(arrivals, 0)):
            number = KeyedAnswer.objects.count() + 1
            add(number, second=5 + number)

    assert seen == there

    now = [str(key) for key in KeyedAnswer.objects.order_by("-claimed_at", "-request_key")
           .values_list("request_key", flat=True)]  # fmt: skip
    assert last is not None
    back = list(last["results"])
    for page in pages(client, last["previous"], "previous"):
        back = page["results"] + back
    if last["previous"]:
        assert back == now
