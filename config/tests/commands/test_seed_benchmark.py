from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.api.tokens import read_access
from accounts.models import TokenFamily, User
from config import population
from ledger import chart
from ledger.operations import all_checks
from ledger.operations.verify import run_checks
from ledger.queries import chart_balance
from wallets.models import Wallet
from wallets.numbers import is_valid

pytestmark = pytest.mark.django_db


def seed(users: int | str) -> list[dict[str, Any]]:
    out = StringIO()
    call_command("seed_benchmark", "--users", str(users), "--json", stdout=out)
    crowd: list[dict[str, Any]] = json.loads(out.getvalue())
    return crowd


def test_everybody_has_a_funded_wallet_and_a_token_that_pays() -> None:
    first, second, third = seed(3)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {first['access_token']}")

    sent = client.post(
        "/api/v1/transfers",
        {"source": first["wallet"], "destination": second["wallet"], "amount": "12.50"},
        format="json",
    )

    assert sent.status_code == 201
    assert set(third) == {"email", "wallet", "access_token"}
    assert is_valid(third["wallet"])
    assert chart_balance(chart.opening("NGN")) == -3 * population.FUNDS.amount_minor
    assert all(finding.ok for finding in run_checks(all_checks()))


def test_tokens_are_a_fresh_login_and_live_for_an_hour_at_least() -> None:
    (member,) = seed(1)

    claims = read_access(member["access_token"])

    assert claims.expires_at > (timezone.now() + timedelta(hours=1)).timestamp()
    family = TokenFamily.objects.get(id=claims.family_id)
    assert timezone.now() - family.authenticated_at < timedelta(minutes=1)


def test_a_fresh_login_may_do_what_is_sensitive() -> None:
    (member,) = seed(1)
    client = APIClient(headers={"authorization": f"Bearer {member['access_token']}"})
    asked = {"name": "bot", "permissions": ["read"], "expiry": "1H"}

    assert client.post("/api/v1/keys", asked, format="json").status_code == 201


def test_nobody_of_the_crowd_can_log_in_with_a_password() -> None:
    (member,) = seed(1)

    assert not User.objects.get(email=member["email"]).has_usable_password()


def test_again_answers_with_the_same_people_and_fresh_tokens() -> None:
    before = seed(2)

    after = seed(3)

    assert [(m["email"], m["wallet"]) for m in after[:2]] == [
        (m["email"], m["wallet"]) for m in before
    ]
    assert not {m["access_token"] for m in before} & {m["access_token"] for m in after}
    assert Wallet.objects.count() == 3
    assert chart_balance(chart.opening("NGN")) == -3 * population.FUNDS.amount_minor


def test_more_than_one_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(population, "_CHUNK", 2)

    crowd = seed(5)

    assert len({member["wallet"] for member in crowd}) == 5


def test_without_json_it_is_a_table() -> None:
    out = StringIO()

    call_command("seed_benchmark", "--users", "1", stdout=out)

    head, row = out.getvalue().splitlines()
    assert head.split() == ["email", "wallet", "access", "token"]
    assert row.startswith("bench-0000001@example.com")


@pytest.mark.parametrize("users", ["0", "-1", "many", "1000001", "1.5"])
def test_a_number_that_makes_no_sense(users: str) -> None:
    with pytest.raises(CommandError, match="--users"):
        call_command("seed_benchmark", f"--users={users}", "--json")

    assert not User.objects.exists()


def test_refused_where_tokens_would_open_real_wallets(settings: Any) -> None:
    settings.PURSER_EMBEDDED = False

    with pytest.raises(CommandError, match="embedded installations only"):
        seed(1)

    assert not User.objects.exists()
