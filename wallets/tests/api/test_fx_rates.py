"""GET /fx/rates."""

from __future__ import annotations

import pytest

from wallets.tests.api.test_fx import FX, Changer
from wallets.tests.rates import spread

pytestmark = pytest.mark.django_db


@pytest.fixture
def changer() -> Changer:
    return Changer()


def test_rates_say_what_one_unit_gives(changer: Changer) -> None:
    spread(250, "USD", "EUR")

    answer = changer.client.get(f"{FX}/rates").json()

    by_target = {row["target_currency"]: row for row in answer["results"]}
    assert (answer["next"], answer["previous"]) == (None, None)
    assert set(by_target) == {"NGN", "EUR", "JPY", "KWD", "CLF"}
    assert (by_target["NGN"]["rate"], by_target["NGN"]["mid_rate"]) == ("1485", "1500")
    assert (by_target["EUR"]["rate"], by_target["EUR"]["spread_bp"]) == ("0.8775", 250)
    assert by_target["NGN"]["source"] == "file"
    assert by_target["NGN"]["as_of"].endswith("Z")


def test_rates_of_another_base(changer: Changer) -> None:
    answer = changer.client.get(f"{FX}/rates", {"base": "NGN"}).json()["results"]

    assert {row["target_currency"] for row in answer} == {"USD", "EUR", "JPY", "KWD", "CLF"}
    dollar = next(row for row in answer if row["target_currency"] == "USD")
    assert dollar["mid_rate"] == "0.000666666666666666"
    assert changer.client.get(f"{FX}/rates", {"base": "XXX"}).status_code == 400
