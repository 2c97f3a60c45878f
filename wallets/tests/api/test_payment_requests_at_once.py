"""Two who pay one request at once: one of them does."""

from __future__ import annotations

from collections import Counter

import pytest

from accounts.tests.factories import client_of, person
from accounts.tests.test_concurrency import at_once
from wallets.tests.api.test_payment_requests import URL, Shop
from wallets.tests.factories import holds, wallet_of

pytestmark = pytest.mark.usefixtures("committed_db")


def test_twelve_payers_at_once_are_one() -> None:
    shop = Shop()
    request = shop.request()
    payers = [person() for _ in range(12)]
    purses = [wallet_of(payer, holding="100.00") for payer in payers]
    clients = [client_of(payer) for payer in payers]

    answers = at_once(
        12,
        lambda n: clients[n].post(
            f"{URL}/{request}/pay", {"source": purses[n].number}, format="json"
        ),
    )

    assert Counter(answer.status_code for answer in answers) == {201: 1, 422: 11}
    codes = {answer.json()["code"] for answer in answers if answer.status_code == 422}
    assert codes == {"payment_request_closed"}
    assert holds(shop.till) == "25.50"
    assert Counter(map(holds, purses)) == {"74.50": 1, "100.00": 11}


def test_paying_and_cancelling_at_once_is_one_of_both() -> None:
    shop = Shop()
    requests = [shop.request(amount="1.00") for _ in range(6)]

    def act(number: int) -> int:
        request = requests[number // 2]
        if number % 2:
            return client_of(shop.bob).post(f"{URL}/{request}/cancel").status_code
        body = {"source": shop.purse.number}
        answer = client_of(shop.alice).post(f"{URL}/{request}/pay", body, format="json")
        return answer.status_code

    answers = at_once(12, act)

    paid = sum(answer == 201 for answer in answers)
    cancelled = sum(answer == 200 for answer in answers)
    assert paid + cancelled == 6
    assert set(answers) <= {200, 201, 422}
    assert holds(shop.till) == f"{paid}.00"
