"""Races for keys, with real threads and a connection for each."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.api_keys import RANDOM_BYTES, spell
from accounts.errors import KeyRenewed, TooManyKeys
from accounts.models import ApiKey
from accounts.operations import revoke_key, roll_over_key
from accounts.tests.factories import client_of, person
from accounts.tests.keys import expired_key_of, key_of, program
from accounts.tests.test_concurrency import at_once

pytestmark = pytest.mark.usefixtures("committed_db")

KEYS = "/api/v1/keys"


def working(owner: Any) -> int:
    return (
        ApiKey.objects.filter(owner=owner, expires_at__gt=timezone.now())
        .exclude(place=None)
        .count()
    )


def test_of_twenty_made_at_once_five_remain() -> None:
    alice = person()
    client = client_of(alice)
    asked = {"name": "bot", "permissions": ["read"], "expiry": "1D"}

    answers = at_once(20, lambda _: client.post(KEYS, asked, format="json"))

    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [201] * 5 + [422] * 15
    assert working(alice) == ApiKey.objects.filter(owner=alice).count() == 5
    texts = {answer.json()["api_key"] for answer in answers if answer.status_code == 201}
    assert all(program(text).get("/api/v1/users/me").status_code == 200 for text in texts)


def test_an_expired_key_renewed_twenty_times_at_once_is_renewed_once() -> None:
    alice = person()
    old, _ = expired_key_of(alice)

    def renew(_: int) -> str:
        try:
            roll_over_key(
                owner_id=alice.id,
                key_id=old.id,
                life=timedelta(days=1),
                text=spell(secrets.token_bytes(RANDOM_BYTES)),
                at=timezone.now(),
            )
        except KeyRenewed:
            return "refused"
        return "renewed"

    assert sorted(at_once(20, renew)) == ["refused"] * 19 + ["renewed"]
    assert working(alice) == 1


def test_making_and_revoking_at_once_never_leaves_six() -> None:
    alice = person()
    held = [key_of(alice)[0] for _ in range(5)]

    def act(index: int) -> None:
        if index < 5:
            revoke_key(owner_id=alice.id, key_id=held[index].id, at=timezone.now())
            return
        try:
            key_of(alice)
        except TooManyKeys:
            return

    at_once(15, act)

    assert working(alice) <= 5
    made = ApiKey.objects.filter(owner=alice, revoked_at=None).count()
    assert made == working(alice)


def test_a_key_used_by_twenty_at_once_is_noted_and_nobody_waits_in_vain() -> None:
    alice = person()
    key, text = key_of(alice)

    answers = at_once(20, lambda _: program(text).get("/api/v1/users/me"))

    assert [answer.status_code for answer in answers] == [200] * 20
    key.refresh_from_db()
    assert key.last_used_at is not None
