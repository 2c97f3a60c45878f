"""Passwords by the thousand, tried with an invented address each: how many are looked at?

`PURSER_TEST_GUESSES=10000` sends that many, which takes several minutes.
"""

from __future__ import annotations

import os
import time
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.patience import ADDRESS, PASSWORD, Patience
from accounts.tests.factories import PASSWORD as RIGHT

pytestmark = pytest.mark.django_db

TRIES = int(os.environ.get("PURSER_TEST_GUESSES", "500"))
ATTACKER, PROXY = "198.51.100.7", "10.0.0.1"


def told(*, email: str, password: str, forwarded: str, peer: str) -> str:
    answer = Client(REMOTE_ADDR=peer).post(
        "/api/v1/auth/login",
        {"email": email, "password": password},
        content_type="application/json",
        headers={"X-Forwarded-For": forwarded, "X-Real-IP": forwarded.partition(",")[0]},
    )
    return "in" if answer.status_code == 200 else str(answer.json()["errors"][0]["code"])


def most(patience: Patience, seconds: float) -> int:
    """How many failures fit into so many seconds."""
    failures, passed = patience.free, 0.0
    while (passed := passed + patience.wait(failures).total_seconds()) <= seconds:
        failures += 1
    return failures


@pytest.mark.parametrize("proxies", [0, 1])
def test_invented_addresses_get_nobody_past_the_limits(
    alice: User, hashed: list[str], settings: Any, proxies: int
) -> None:
    settings.PURSER_EMBEDDED = False
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    # A proxy that is trusted appends whom it saw; what the client wrote stands before that.
    seen, peer = (f", {ATTACKER}", PROXY) if proxies else ("", ATTACKER)
    begun = time.monotonic()

    for number in range(TRIES):
        whom = "alice" if number % 2 else f"stranger-{number}"
        invented = f"203.0.{number // 250 % 250}.{number % 250}"
        answer = told(
            email=f"{whom}@example.com",
            password=f"{whom}-guess-{number}",
            forwarded=invented + seen,
            peer=peer,
        )
        assert answer in ("email_password_mismatch", "too_many_login_attempts")

    seconds = time.monotonic() - begun
    at_alice = [password for password in hashed if password.startswith("alice")]
    print(f"{TRIES} tries, {len(hashed)} looked at, {len(at_alice)} of them for one account")  # noqa: T201 -- the figure itself
    assert PASSWORD.free <= len(at_alice) <= most(PASSWORD, seconds)
    assert len(hashed) <= most(ADDRESS, seconds)
    right = told(
        email="alice@example.com", password=RIGHT, forwarded="203.0.113.77" + seen, peer=peer
    )
    assert right == "too_many_login_attempts"
