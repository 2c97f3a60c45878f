"""Nobody is paid, or exchanges into, more than they may hold."""

from __future__ import annotations

import pytest

from accounts.models import User
from ledger.money import Money
from wallets.tests.api.test_fx import Changer, refused
from wallets.tests.api.test_payment_requests import Shop
from wallets.tests.factories import fund, holds

pytestmark = pytest.mark.django_db


def test_nobody_is_paid_more_than_they_may_hold() -> None:
    shop = Shop()
    fund(shop.purse, Money.of("99900.00", "NGN"))
    User.objects.filter(pk=shop.bob.pk).update(kyc_tier=0)
    request = shop.request(amount="50000.01")

    response = shop.pay(request)

    assert (response.status_code, response.json()["code"]) == (422, "limit_exceeded")
    assert (holds(shop.purse), holds(shop.till)) == ("100000.00", "0.00")
    assert shop.pay(shop.request(amount="50000.00")).status_code == 201


def test_nobody_exchanges_into_more_than_they_may_hold() -> None:
    changer = Changer()
    User.objects.filter(pk=changer.alice.pk).update(kyc_tier=0)

    refused(changer.convert(changer.quote()), 422, "limit_exceeded", changer)
    assert changer.convert(changer.quote(source_amount="30.00")).status_code == 201
