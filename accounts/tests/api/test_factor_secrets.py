from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from accounts.errors import SealBroken
from accounts.models import FactorSecret
from accounts.operations import prune_logins, rotate_field_keys
from accounts.tests.api.auth_client import AuthClient
from accounts.tests.api.two_steps import authenticate, half_way, recovery_codes
from accounts.tests.authenticators import totp

pytestmark = pytest.mark.django_db


def kept() -> str:
    """What the database says of all second factors, to whoever reads it alone."""
    return str(list(Authenticator.objects.values_list("data", flat=True)))


def test_the_database_holds_no_secret_in_clear(secret: str, app: AuthClient) -> None:
    assert secret not in kept()
    for factor in Authenticator.objects.all():
        assert str(factor.data.get("secret", factor.data.get("seed"))).startswith("sealed:")
    assert all(secret.encode() not in row.sealed for row in FactorSecret.objects.all())
    assert not any(code in kept() for code in recovery_codes(app))


def test_a_secret_moved_to_another_person_opens_nothing(secret: str) -> None:
    bobs = FactorSecret.objects.create(sealed=FactorSecret.objects.earliest("made_at").sealed)
    factor = Authenticator.objects.get(type="totp")
    factor.data["secret"] = f"sealed:{bobs.id}"
    factor.save()

    with pytest.raises(SealBroken):
        authenticate(half_way(), totp(secret))


def test_secrets_follow_the_newest_field_key(secret: str, settings: Any) -> None:
    new = b64encode(b"n" * 32).decode()
    settings.FIELD_KEYS = f"k9:{new},{settings.FIELD_KEYS}"

    rotation = rotate_field_keys(told=lambda *_: None)

    assert (rotation.key, rotation.broken) == ("k9", [])
    settings.FIELD_KEYS = f"k9:{new}"
    assert authenticate(half_way(), totp(secret))[0] == 200


def test_a_secret_that_was_kept_in_clear_still_works(secret: str) -> None:
    factor = Authenticator.objects.get(type="totp")
    factor.data["secret"] = secret
    factor.save()

    assert authenticate(half_way(), totp(secret))[0] == 200


def test_secrets_that_nobody_holds_are_forgotten(secret: str, app: AuthClient) -> None:
    now = timezone.now()
    prune_logins(now=now + timedelta(days=2))
    assert FactorSecret.objects.count() == 2

    app.send("DELETE", "account/authenticators/totp")
    prune_logins(now=now)
    assert FactorSecret.objects.count() == 2
    prune_logins(now=now + timedelta(days=2))
    assert not FactorSecret.objects.exists()
