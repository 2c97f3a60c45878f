"""Nonsense to every address there is: refused, never a failure of ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from accounts.tests.factories import client_of, person
from events.tests.leftovers import close_streams

pytestmark = pytest.mark.django_db

# Pages of Django's own, with their own tests.
NOT_OURS = ("admin/",)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "BREW")
SEGMENTS = ("x", "0000000000000", "%FF", "..%2F", "a" * 300, "\U0001f600", "' OR 1=1 --")
UUID = "00000000-0000-0000-0000-000000000000"

BODIES = (
    b"",
    b"{",
    b"[]",
    b"null",
    b'"text"',
    b"\xff\xfe",
    b"{}",
    b'{"amount": NaN}',
    b'{"a": 1, "a": 2}',
    b'{"a": ' * 5000,
    b'{"amount": {}, "wallet": {}, "email": {}, "password": {}, "provider": {}, "code": {}}',
    b'{"amount": [1], "source": [1], "destination": [1], "wallet": [1], "email": [1]}',
    json.dumps(dict.fromkeys(["amount", "wallet", "email", "currency"], 10**18)).encode(),
    json.dumps(dict.fromkeys(["amount", "wallet", "email", "name", "refresh_token"], "x" * 5000))
    .encode(),
    json.dumps(dict.fromkeys(["amount", "email", "currency", "idempotency_key"], None)).encode(),
    b'{"amount": "\\u0000", "email": "\\ud800"}',
)  # fmt: skip
QUERIES = (
    "page_size=x&cursor=x",
    "cursor=W251bGxd&page_size=-1",
    "from=x&to=x&at=x&type=x&q=%FF",
    "page_size=99999999999999999999&min_amount=NaN&max_amount=1e999",
    "format=x&dry_run=x&at=0001-01-01T00:00:00%2B14:00",
    "&&&=&%",
)


def addresses(resolver: Any = None, prefix: str = "") -> Iterator[str]:
    for pattern in (resolver or get_resolver()).url_patterns:
        here = prefix + str(pattern.pattern)
        if here.startswith(NOT_OURS):
            continue
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, here)
        elif isinstance(pattern, URLPattern):
            yield here


def fill(route: str, segment: str) -> str:
    """Put something in the place of each variable of a route."""
    parts = []
    for part in route.replace("^", "").replace("$", "").split("/"):
        kind = part.strip("<>").partition(":")[0] if part.startswith("<") else ""
        known = {"int": "999999999999999999999", "uuid": UUID, "path": f"{segment}/x"}
        parts.append(known.get(kind, segment) if part.startswith("<") else part)
    return "/" + "/".join(parts)


ROUTES = sorted(set(addresses()))


@pytest.fixture
def client() -> APIClient:
    client = client_of(person(role="superuser"))
    client.raise_request_exception = False
    return client


@pytest.fixture(autouse=True)
def _no_stream_stays_open(db: None) -> Iterator[None]:
    yield
    close_streams()


def send(
    client: Client, method: str, address: str, body: bytes, kind: str = "application/json"
) -> Any:
    return client.generic(method, address, body, content_type=kind)


def refused_well(answer: Any) -> bool:
    status: int = answer.status_code
    return status < 500 or answer.request["PATH_INFO"] == "/health/ready"


def test_there_are_routes() -> None:
    assert len(ROUTES) > 10


@pytest.mark.parametrize("route", ROUTES)
def test_bodies(client: APIClient, route: str) -> None:
    address = fill(route, "x")
    for method, body in product(("POST", "PUT", "PATCH", "DELETE"), BODIES):
        answer = send(client, method, address, body)
        assert refused_well(answer), (method, address, body[:80], answer.content)


FORMS = (b"outcome=%00&email=%00&password=%00", b"%FF=%ED%A0%80&=&&", b"outcome=" + b"x" * 9000)
FORM_KINDS = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x")


@pytest.mark.parametrize("route", ROUTES)
def test_forms(client: APIClient, route: str) -> None:
    for kind, body in product(FORM_KINDS, FORMS):
        answer = send(client, "POST", fill(route, "x"), body, kind)
        assert refused_well(answer), (route, kind, body[:80], answer.content)


@pytest.mark.parametrize("route", ROUTES)
def test_methods_queries_and_segments(client: APIClient, route: str) -> None:
    for method in METHODS:
        assert refused_well(client.generic(method, fill(route, "x"))), (method, route)
    for query in QUERIES:
        answer = client.get(f"{fill(route, 'x')}?{query}")
        assert refused_well(answer), (route, query, answer.content)
    for segment in SEGMENTS if "<" in route else ():
        answer = client.get(fill(route, segment))
        assert refused_well(answer), (route, segment, answer.content)


HEADERS = (
    {"Content-Type": "multipart/form-data"},
    {"Content-Type": "text/plain; charset=\xff"},
    {"Accept": "\xff, ;q=x"},
    {"Authorization": "Bearer"},
    {"Authorization": "Bearer \xff.\xff.\xff"},
    {"Authorization": "Basic eDp5"},
    {"Idempotency-Key": "\x01"},
    {"X-Session-Token": "x" * 5000},
    {"X-API-Key": "sk_live_x"},
    {"Cookie": "sessionid=\xff; csrftoken=x"},
    {"X-Forwarded-For": "x, \xff"},
    {"Range": "bytes=-1"},
    {"If-Modified-Since": "yesterday"},
)


@pytest.mark.parametrize("route", ROUTES)
def test_headers(route: str) -> None:
    anybody = Client(raise_request_exception=False)
    for method, headers in product(("GET", "POST"), HEADERS):
        answer = anybody.generic(method, fill(route, "x"), b"{}", headers=headers)
        assert refused_well(answer), (method, route, headers, answer.content)


names = st.sampled_from(
    ["email", "password", "name", "amount", "currency", "wallet", "source", "destination",
     "provider", "kind", "label", "refresh_token", "code", "metadata", "idempotency_key"]
)  # fmt: skip
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda below: (
        st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=5), below, max_size=3)
    ),
    max_leaves=6,
)


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    route=st.sampled_from(ROUTES),
    method=st.sampled_from(["POST", "PATCH"]),
    body=st.dictionaries(names, anything, max_size=6),
)
def test_any_json(client: APIClient, route: str, method: str, body: dict[str, Any]) -> None:
    raw = json.dumps(body).encode()
    answer = send(client, method, fill(route, "x"), raw)

    assert refused_well(answer), (method, route, body, answer.content)
