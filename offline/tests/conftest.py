"""Keys take half the time of these tests, so those of tests that are rolled back are used again."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.sealing import Place
from accounts.vault import keyring
from offline.messages import ISSUER_BITS, PrivateKey
from offline.models import IssuerKey
from offline.tests import phones


@pytest.fixture(scope="session")
def issuer() -> PrivateKey:
    return PrivateKey.generate(ISSUER_BITS)


@pytest.fixture(autouse=True)
def known_keys(request: pytest.FixtureRequest, issuer: PrivateKey) -> None:
    """Give tests of one transaction the issuer's key, and phones the keys of earlier tests."""
    if request.node.get_closest_marker("django_db") is None:
        phones.keys.forget()
        return
    request.getfixturevalue("db")
    phones.keys.begin()
    kid = issuer.public.key_id
    IssuerKey.objects.create(
        kid=kid,
        modulus=issuer.public.members()["n"],
        sealed=keyring().seal(issuer.pem(), place=Place("offline_issuerkey", "sealed", kid)),
        made_at=timezone.now(),
        used_from=timezone.now(),
    )
