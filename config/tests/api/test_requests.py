import re

import pytest
from django.test import Client

pytestmark = [pytest.mark.urls("config.tests.api.urls"), pytest.mark.django_db]


@pytest.mark.parametrize("given", ["a", "A-b.c_9", "x" * 64])
def test_a_fit_request_id_is_kept(client: Client, given: str) -> None:
    assert client.get("/api/v1/probe", headers={"X-Request-ID": given})["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "é", "a\n", "<script>", "a;b"])
def test_an_unfit_request_id_is_replaced(client: Client, given: str) -> None:
    answer = client.get("/api/v1/probe", headers={"X-Request-ID": given})

    assert re.fullmatch("[A-Za-z0-9_-]{11}", answer["X-Request-ID"])


def test_each_request_has_its_own(client: Client) -> None:
    ids = {client.get("/api/v1/probe")["X-Request-ID"] for _ in range(5)}

    assert len(ids) == 5


@pytest.mark.parametrize("address", ["/page", "/nothing", "/health/live", "/api/v1/auth/session"])
def test_every_answer_has_one(client: Client, address: str) -> None:
    assert client.get(address)["X-Request-ID"]


def test_sessions_are_for_browsers(client: Client) -> None:
    assert client.get("/api/v1/probe").json() == {"cookies": False}
    assert client.get("/api/v1/auth/session").content == b"session: True"
    assert client.get("/page").content == b"session: True"


def test_the_short_way_keeps_the_safety_headers(client: Client) -> None:
    answer = client.get("/api/v1/probe")

    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Content-Length"]


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"a": 1, "a": 2}', b'{"a": ' * 5000, b"\xff"])
def test_bodies_of_allauth_are_read_strictly(client: Client, body: bytes) -> None:
    answer = client.post("/api/v1/auth/session", body, content_type="application/json")

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/json"
    assert answer.json()["status"] == 400
    assert answer.json()["errors"][0]["code"] == "invalid"


def test_bodies_that_are_well_reach_allauth_whole(client: Client) -> None:
    answer = client.post("/api/v1/auth/session", b'{"a": 1}', content_type="application/json")

    assert answer.content == b"session: True"
