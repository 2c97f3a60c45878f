from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from accounts.models import User
from payments import queries, references
from payments.errors import (
    CurrencyNotSupported,
    DepositClosed,
    ProviderUnavailable,
    RequestKeyTaken,
)
from payments.models import Deposit
from payments.operations import settle_deposit
from payments.providers.registry import provider
from payments.tests.conftest import Simulator
from payments.tests.factories import (
    NOON,
    asked_of_provider,
    at_once,
    balance_of,
    deposit_into,
    start,
    told_of,
    wallet_of,
)
from wallets.errors import LimitExceeded
from wallets.models import Wallet


def test_opens_a_checkout_and_moves_no_money(origin: str, wallet: Wallet) -> None:
    deposit = start(wallet)

    assert references.DEPOSIT.fullmatch(deposit.reference)
    assert deposit.status == "pending"
    assert deposit.authorization_url.startswith(f"{origin}/simulator/paystack/checkout/")
    assert deposit.expires_at == NOON + timedelta(minutes=30)
    asked = asked_of_provider(wallet).get()
    assert (asked.reference, asked.requested_minor) == (deposit.provider_reference, 500000)
    assert asked.callback_url == f"{origin}/api/v1/deposits/return"
    assert not balance_of(wallet)
    assert told_of(deposit) == ["deposit.started"]


def test_the_same_request_twice_is_one_deposit(origin: str, wallet: Wallet) -> None:
    key = uuid4()

    first = start(wallet, request_key=key)
    second = start(wallet, request_key=key, now=NOON + timedelta(minutes=1))

    assert (second.pk, second.authorization_url) == (first.pk, first.authorization_url)
    assert deposit_into(wallet) == first
    assert asked_of_provider(wallet).count() == 1
    assert told_of(first) == ["deposit.started"]


def test_the_same_key_with_other_terms_is_refused(origin: str, wallet: Wallet) -> None:
    key = uuid4()
    start(wallet, request_key=key)

    with pytest.raises(RequestKeyTaken):
        start(wallet, "5000.01", request_key=key)

    assert deposit_into(wallet).amount_minor == 500000


def test_refuses_a_currency_that_the_provider_does_not_take(origin: str, alice: User) -> None:
    yen = wallet_of(alice, "JPY")

    with pytest.raises(CurrencyNotSupported):
        start(yen, "5000")

    assert not Deposit.objects.filter(wallet=yen).exists()


def test_refuses_to_call_a_provider_inside_a_transaction(origin: str, wallet: Wallet) -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        start(wallet)

    assert not Deposit.objects.filter(wallet=wallet).exists()
    assert not asked_of_provider(wallet).exists()


def test_a_provider_that_is_away_leaves_a_deposit_that_can_be_tried_again(
    simulator: Simulator, wallet: Wallet
) -> None:
    key = uuid4()
    simulator.set_faults(error=1)
    with pytest.raises(ProviderUnavailable):
        start(wallet, request_key=key)
    waiting = deposit_into(wallet)
    assert (waiting.status, waiting.authorization_url, waiting.reason) == (
        "pending",
        "",
        "http_502",
    )

    simulator.set_faults(error=0)
    deposit = start(wallet, request_key=key)

    assert deposit.pk == waiting.pk
    assert deposit.authorization_url
    assert deposit.provider_reference == waiting.provider_reference
    assert asked_of_provider(wallet).count() == 1


@pytest.mark.parametrize("fault", ["error_after", "timeout_after"])
def test_a_lost_answer_is_asked_for_anew_and_the_payment_credited_once(
    simulator: Simulator, wallet: Wallet, settings: Any, fault: str
) -> None:
    settings.PROVIDER_READ_SECONDS = 0.5
    key = uuid4()
    simulator.set_faults(**{fault: 1, "timeout_seconds": 1})
    with pytest.raises(ProviderUnavailable):
        start(wallet, request_key=key)
    lost = deposit_into(wallet).provider_reference

    settings.PROVIDER_READ_SECONDS = 5.0
    simulator.set_faults(**{fault: 0})
    deposit = start(wallet, request_key=key)

    assert deposit.attempt == 2
    assert deposit.provider_reference == f"{lost}-2"
    assert deposit.authorization_url
    assert deposit_into(wallet) == deposit
    for reference in (lost, deposit.provider_reference):
        found = queries.find_deposit_by_provider(provider="paystack", provider_reference=reference)
        assert found == deposit
    simulator.pay(deposit.authorization_url)
    for reference in (deposit.provider_reference, lost, deposit.provider_reference):
        settle_deposit(
            deposit_id=deposit.pk,
            provider_reference=reference,
            provider=provider("paystack"),
            now=NOON,
        )
    assert balance_of(wallet).decimal_string() == "5000.00"


def test_nothing_is_asked_anew_while_nobody_can_say_what_became_of_the_first(
    simulator: Simulator, wallet: Wallet
) -> None:
    key = uuid4()
    simulator.set_faults(error_after=1)

    for _ in range(3):
        with pytest.raises(ProviderUnavailable):
            start(wallet, request_key=key)

    assert deposit_into(wallet).attempt == 1
    assert asked_of_provider(wallet).count() == 1


def test_a_key_does_not_revive_what_has_ended(simulator: Simulator, wallet: Wallet) -> None:
    key = uuid4()
    simulator.set_faults(error=1)
    with pytest.raises(ProviderUnavailable):
        start(wallet, request_key=key)
    Deposit.objects.filter(wallet=wallet).update(status="expired")

    with pytest.raises(DepositClosed):
        start(wallet, request_key=key)


def test_eight_runs_of_one_request_at_once_open_one_payable_checkout(
    origin: str, wallet: Wallet
) -> None:
    key = uuid4()

    results = at_once(8, lambda _: start(wallet, request_key=key).authorization_url)

    deposit = deposit_into(wallet)
    addresses = {result for result in results if isinstance(result, str)}
    refusals = [result for result in results if not isinstance(result, str)]
    assert addresses == {deposit.authorization_url}
    assert all(isinstance(refusal, ProviderUnavailable) for refusal in refusals)
    assert start(wallet, request_key=key).authorization_url == deposit.authorization_url


def test_beyond_what_the_wallet_may_hold_nobody_is_asked(origin: str, alice: User) -> None:
    alice.kyc_tier = 0
    alice.save(update_fields=["kyc_tier"])
    wallet = wallet_of(alice)

    with pytest.raises(LimitExceeded):
        start(wallet, "50000.01")

    assert not Deposit.objects.filter(wallet=wallet).exists()
    assert start(wallet, "50000.00").status == "pending"
