"""Staff look at exchanges, schedules and payment requests, and change none of them."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command

from wallets.models import (
    Conversion,
    FxQuote,
    FxSpread,
    PaymentRequest,
    RateSheet,
    ScheduledRun,
    ScheduledTransfer,
)
from wallets.operations import run_schedules
from wallets.tests.api.test_fx import Changer
from wallets.tests.api.test_payment_requests import Shop
from wallets.tests.schedules import START, Standing
from wallets.tests.test_admin import browser_of

pytestmark = pytest.mark.django_db

MODELS = {
    str(model._meta.model_name): model
    for model in (
        RateSheet,
        FxSpread,
        FxQuote,
        Conversion,
        ScheduledTransfer,
        ScheduledRun,
        PaymentRequest,
    )
}


@pytest.fixture(autouse=True)
def work(db: None) -> None:
    changer, shop, standing = Changer(), Shop(), Standing()
    assert changer.convert(changer.quote()).status_code == 201
    assert shop.pay(shop.request()).status_code == 201
    shop.request(amount=None)
    standing.schedule()
    run_schedules(now=START)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_lists_and_rows_are_read_and_not_written(name: str) -> None:
    browser = browser_of("staff")

    answers = [browser.get(f"/admin/wallets/{name}/"), browser.get(f"/admin/wallets/{name}/?q=a")]
    answers += [
        browser.get(f"/admin/wallets/{name}/{row.pk}/change/") for row in MODELS[name].objects.all()
    ]

    assert [answer.status_code for answer in answers] == [200] * len(answers)
    assert len(answers) > 2
    assert browser.get(f"/admin/wallets/{name}/add/").status_code == 403
    assert browser_of("user").get(f"/admin/wallets/{name}/").status_code == 302


def test_position_and_income_are_told_and_drawn() -> None:
    page = browser_of("staff").get("/admin/wallets/conversion/position/")

    text = page.content.decode()
    assert page.status_code == 200
    assert "-60000.00 NGN (short)" in text
    assert "600.00 NGN" in text
    assert "40.00 USD" in text
    assert text.count('aria-label="Earned in') == 2


def test_position_is_for_staff() -> None:
    page = browser_of("user").get("/admin/wallets/conversion/position/")

    assert page.status_code == 302


def test_report_tells_the_same() -> None:
    out = io.StringIO()
    call_command("report_fx", "--json", stdout=out)

    told = {row["currency"]: row for row in json.loads(out.getvalue())}
    assert told["NGN"] == {
        "currency": "NGN",
        "position": "-60000.00",
        "spread_income": "600.00",
        "conversions": 1,
    }
    assert told["USD"]["position"] == "40.00"
    out = io.StringIO()
    call_command("report_fx", stdout=out)
    assert "NGN: position -60000.00, earned 600.00, 1 conversions" in out.getvalue()
