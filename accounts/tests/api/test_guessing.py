"""Who guesses passwords is slowed down, more and more, and never shut out for good."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db.models import F
from django.test import Client

from accounts.errors import TooManyTries
from accounts.models import FailedTries, User
from accounts.operations import forgive_tries, give_back_try, prune_logins, take_try
from accounts.patience import ADDRESS, PASSWORD, Patience
from accounts.tests.api.auth_client import AuthClient
from accounts.tests.factories import PASSWORD as RIGHT
from accounts.tests.factories import person, with_password
from accounts.tests.mails import code_in

pytestmark = pytest.mark.django_db

START = datetime(2026, 1, 31, 12, tzinfo=UTC)
WHAT = "password:alice@example.com:"
GUESS = "wrong-Pass-0000"


@pytest.fixture
def alice() -> User:
    return with_password(person("alice@example.com"))


def pass_by(seconds: int) -> None:
    """Let time go by for every count of failures."""
    away = timedelta(seconds=seconds)
    FailedTries.objects.update(last_at=F("last_at") - away, blocked_until=F("blocked_until") - away)


def guess(password: str = GUESS, **headers: str) -> str:
    client = AuthClient()
    client.headers = headers
    status, body = client.log_in("alice@example.com", password)
    return "in" if status == 200 else str(body["errors"][0]["code"])


BLOCKED, WRONG = "too_many_login_attempts", "email_password_mismatch"


def test_the_wait_doubles_up_to_a_quarter_of_an_hour() -> None:
    waits = [int(PASSWORD.wait(failures).total_seconds()) for failures in range(1, 13)]

    assert waits == [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]
    assert PASSWORD.wait(10**9) == timedelta(minutes=15)


def test_five_guesses_and_then_one_for_each_wait(alice: User) -> None:
    assert [guess() for _ in range(5)] == [WRONG] * 5
    assert guess(RIGHT) == BLOCKED

    for wait in (30, 60, 120):
        pass_by(wait - 2)
        assert guess() == BLOCKED
        pass_by(3)
        assert guess() == WRONG


def test_the_owner_comes_in_after_the_wait_and_all_is_forgotten(alice: User) -> None:
    for _ in range(5):
        guess()
    pass_by(31)

    assert guess(RIGHT) == "in"
    assert [guess() for _ in range(5)] == [WRONG] * 5


def test_knocking_while_it_is_shut_does_not_keep_it_shut(alice: User) -> None:
    for _ in range(5):
        guess()
    for _ in range(20):
        assert guess() == BLOCKED

    pass_by(31)

    assert guess(RIGHT) == "in"


def test_an_address_in_other_letters_is_the_same(alice: User) -> None:
    for spelled in ("ALICE@example.com", "Alice@Example.com", "alice@EXAMPLE.com") * 2:
        AuthClient().log_in(spelled, GUESS)

    assert guess(RIGHT) == BLOCKED


def test_who_is_not_known_is_counted_as_well() -> None:
    codes = [
        AuthClient().log_in("nobody@example.com", GUESS)[1]["errors"][0]["code"] for _ in range(7)
    ]

    assert codes == [WRONG] * 5 + [BLOCKED] * 2


def test_a_reset_forgets_the_failures(alice: User, mailoutbox: list[EmailMessage]) -> None:
    for _ in range(6):
        guess()
    client = AuthClient()
    client.post("auth/password/request", {"email": "alice@example.com"})
    new = "another-Pass-1357"
    client.post("auth/password/reset", {"key": code_in(mailoutbox[-1]), "password": new})

    assert guess(new) == "in"


def test_the_password_is_guessed_nowhere_else(alice: User) -> None:
    staff = with_password(person("staff@example.com", role="staff"))
    for _ in range(5):
        Client().post("/admin/login/", {"username": staff.email, "password": GUESS})

    assert AuthClient().log_in(staff.email)[1]["errors"][0]["code"] == BLOCKED
    client = AuthClient()
    client.log_in("alice@example.com")
    for _ in range(5):
        client.post("auth/reauthenticate", {"password": GUESS})
    assert client.post("auth/reauthenticate", {"password": RIGHT})[0] in (400, 429)


def test_whoever_took_a_token_guesses_the_password_no_better(alice: User, settings: Any) -> None:
    # allauth's own limit beside ours, which counts whatever is sent.
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"change_password": None}
    client = AuthClient()
    client.log_in("alice@example.com")

    def change(current: str, new: str = "another-Pass-1357") -> int:
        sent = {"current_password": current, "new_password": new}
        return client.post("account/password/change", sent)[0]

    assert [change(RIGHT, "weak") for _ in range(7)] == [400] * 7
    assert [change(GUESS) for _ in range(5)] == [400] * 5
    assert change(RIGHT) == 429
    pass_by(31)
    assert change(RIGHT) == 200


@pytest.fixture
def many_addresses(settings: Any) -> Iterator[None]:
    """As on a server, where people come from many addresses."""
    settings.PURSER_EMBEDDED = False
    yield
    settings.PURSER_EMBEDDED = True


def come_from(address: str, email: str, password: str = GUESS, **more: str) -> str:
    answer = Client(REMOTE_ADDR=address).post(
        "/api/v1/auth/login",
        {"email": email, "password": password},
        content_type="application/json",
        headers={name.replace("_", "-"): value for name, value in more.items()},
    )
    return "in" if answer.status_code == 200 else str(answer.json()["errors"][0]["code"])


def test_an_address_that_tries_many_accounts_is_slowed(alice: User, many_addresses: None) -> None:
    told = [come_from("192.0.2.1", f"a{number}@example.com") for number in range(53)]

    assert told == [WRONG] * 50 + [BLOCKED] * 3
    assert come_from("192.0.2.1", "alice@example.com", RIGHT) == BLOCKED
    assert come_from("192.0.2.2", "alice@example.com", RIGHT) == "in"


def test_a_made_up_forwarded_address_gets_nobody_past(alice: User, many_addresses: None) -> None:
    told = [
        come_from(
            "192.0.2.1",
            f"a{number}@example.com",
            x_forwarded_for=f"203.0.113.{number}",
            forwarded=f"for=203.0.113.{number}",
            x_real_ip=f"203.0.113.{number}",
        )
        for number in range(53)
    ]

    assert told.count(WRONG) == 50


def test_neighbours_in_ipv6_are_one_address(alice: User, many_addresses: None) -> None:
    told = [come_from(f"2001:db8::{number:x}", f"a{number}@example.com") for number in range(53)]

    assert told.count(WRONG) == 50


def test_who_logs_in_again_and_again_from_one_address_is_let(
    alice: User, many_addresses: None
) -> None:
    told = [come_from("192.0.2.1", "alice@example.com", RIGHT) for _ in range(52)]

    assert told == ["in"] * 52


def test_ten_thousand_guesses_in_a_day_are_a_hundred() -> None:
    """One every eight or nine seconds, for a day: what is looked at is bounded by the waits."""
    looked_at = sum(
        _is_taken(PASSWORD, START + timedelta(seconds=8.64 * number)) for number in range(10_000)
    )

    assert 90 <= looked_at <= 110


def _is_taken(patience: Patience, at: datetime) -> bool:
    try:
        take_try(what=WHAT, patience=patience, at=at)
    except TooManyTries:
        return False
    return True


def test_a_refusal_says_when_to_come_again() -> None:
    for _ in range(5):
        take_try(what=WHAT, patience=PASSWORD, at=START)

    with pytest.raises(TooManyTries) as refusal:
        take_try(what=WHAT, patience=PASSWORD, at=START + timedelta(seconds=12.5))

    assert refusal.value.retry_after == 18


def test_a_refused_try_counts_nothing() -> None:
    for _ in range(5):
        take_try(what=WHAT, patience=PASSWORD, at=START)
    before = FailedTries.objects.values().get()

    with pytest.raises(TooManyTries):
        take_try(what=WHAT, patience=PASSWORD, at=START + timedelta(seconds=29))

    assert FailedTries.objects.values().get() == before


def test_who_began_earlier_and_is_counted_later_is_not_early() -> None:
    take_try(what=WHAT, patience=PASSWORD, at=START)

    assert _is_taken(PASSWORD, START - timedelta(milliseconds=5))


def test_failures_of_yesterday_are_forgotten() -> None:
    for number in range(9):
        take_try(what=WHAT, patience=PASSWORD, at=START + timedelta(hours=number))
    later = START + timedelta(hours=33)

    assert [_is_taken(PASSWORD, later) for _ in range(6)] == [True] * 5 + [False]


def test_forgiving_is_for_one_secret() -> None:
    for _ in range(5):
        take_try(what=WHAT, patience=PASSWORD, at=START)
        take_try(what="password:bob@example.com:", patience=PASSWORD, at=START)

    forgive_tries(what=WHAT, at=START)

    assert _is_taken(PASSWORD, START)
    with pytest.raises(TooManyTries):
        take_try(what="password:bob@example.com:", patience=PASSWORD, at=START)


def test_one_try_is_given_back_and_no_more() -> None:
    for _ in range(49):
        take_try(what="address:192.0.2.1", patience=ADDRESS, at=START)
    take_try(what="address:192.0.2.1", patience=ADDRESS, at=START)

    give_back_try(what="address:192.0.2.1", at=START)

    assert FailedTries.objects.get().failures == 49


def test_counts_are_kept_no_longer_than_needed() -> None:
    take_try(what=WHAT, patience=PASSWORD, at=START)

    prune_logins(now=START + timedelta(days=6))
    assert FailedTries.objects.exists()
    prune_logins(now=START + timedelta(days=8))
    assert not FailedTries.objects.exists()
