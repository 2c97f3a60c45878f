"""POST /transfers with an Idempotency-Key."""

from __future__ import annotations

import pytest

from accounts.models import KeyedAnswer
from accounts.tests.factories import client_of
from wallets.tests.api.parties import URL, Parties, refused
from wallets.tests.factories import holds

pytestmark = pytest.mark.django_db


def test_same_key_gives_the_same_bytes_and_one_effect(parties: Parties) -> None:
    first, again = parties.send(key="k1"), parties.send(key="k1")

    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert holds(parties.source) == "74.50"


def test_same_key_with_another_body_is_refused(parties: Parties) -> None:
    parties.send(key="k1")

    response = parties.send(key="k1", amount="1.00")

    assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")
    assert holds(parties.source) == "74.50"


def test_key_belongs_to_its_caller(parties: Parties) -> None:
    parties.send(key="k1")
    back = {"source": parties.target.number, "destination": parties.source.number, "amount": "1"}

    response = client_of(parties.bob).post(
        URL, back, format="json", headers={"Idempotency-Key": "k1"}
    )

    assert response.status_code == 201
    assert "Idempotent-Replayed" not in response.headers


def test_refusal_is_kept_under_its_key(parties: Parties) -> None:
    first, again = (parties.send(key="k1", amount="100.01") for _ in range(2))

    refused(first, 422, "insufficient_funds", parties)
    assert again.content == first.content
    assert again.headers["Idempotent-Replayed"] == "true"


def test_invalid_request_leaves_its_key_free(parties: Parties) -> None:
    refused(parties.send(key="k1", amount="x"), 400, "validation_error", parties)

    assert parties.send(key="k1").status_code == 201


@pytest.mark.parametrize("key", ["", "k" * 256, "k\x7f", "ключ"])
def test_malformed_key_is_refused(parties: Parties, key: str) -> None:
    response = parties.client.post(URL, parties.body(), format="json", HTTP_IDEMPOTENCY_KEY=key)

    refused(response, 400, "validation_error", parties)
    assert not KeyedAnswer.objects.exists()
