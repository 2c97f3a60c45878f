from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command

from accounts.models import User
from config import demo
from events.models import Event
from ledger import chart
from ledger.queries import chart_balance
from wallets.models import Transfer, Wallet
from wallets.tests.factories import holds

pytestmark = pytest.mark.django_db


def load() -> str:
    out = StringIO()
    call_command("load_demo", stdout=out)
    return out.getvalue()


def test_everybody_can_log_in_with_the_password_that_is_printed() -> None:
    said = load()

    assert said == "Added 5 demo logins.\n"
    for name, role in {
        "alice": "user",
        "bob": "user",
        "staff": "staff",
        "admin": "admin",
        "root": "superuser",
    }.items():
        person = User.objects.get(email=f"{name}@example.com")
        assert person.role.name == role
        assert person.check_password("demo-Pass-2468")
        assert EmailAddress.objects.get(user=person).verified


def test_alice_and_bob_hold_money_that_came_from_the_opening_account() -> None:
    load()

    for email in ("alice@example.com", "bob@example.com"):
        owner = User.objects.get(email=email)
        assert owner.kyc_tier == 2
        wallets = Wallet.objects.filter(owner=owner)
        assert {wallet.currency for wallet in wallets} == {"NGN", "USD"}
        assert all(float(holds(wallet)) > 0 for wallet in wallets)
    assert chart_balance(chart.opening("NGN")) == -340_000_00
    assert chart_balance(chart.opening("USD")) == -1_600_00
    assert Transfer.objects.count() == 5


def test_again_changes_nothing() -> None:
    load()
    before = (User.objects.count(), Wallet.objects.count(), Event.objects.count())

    assert load() == "The demo logins are there already.\n"

    assert (User.objects.count(), Wallet.objects.count(), Event.objects.count()) == before


def test_somebody_who_is_there_is_left_alone() -> None:
    load()
    bob = User.objects.get(email="bob@example.com")
    bob.set_password("another-Pass-1357")
    bob.save()

    demo.load()

    bob.refresh_from_db()
    assert bob.check_password("another-Pass-1357")


def test_refused_where_strangers_could_log_in(settings: Any) -> None:
    settings.PURSER_EMBEDDED = False

    with pytest.raises(CommandError, match="embedded installations only"):
        load()

    assert not User.objects.exists()
