"""What the books say after whole stories, told with accounts and both sides."""

from __future__ import annotations

from payments.operations import settle_deposit
from payments.providers.registry import provider
from payments.simulators.queries import balances
from payments.tests.conftest import Simulator
from payments.tests.factories import NOON, balance_of, journal_of, start
from wallets.models import Wallet


def test_a_deposit_with_a_fee(simulator: Simulator, wallet: Wallet) -> None:
    """Alice pays in NGN 5,000.00. Paystack keeps 175.00 of it, and we bear that.

    We owe Alice all of it, the provider holds 4,825.00 for us, and 175.00 were our costs.
    """
    deposit = start(wallet)
    simulator.pay(deposit.authorization_url)
    settle_deposit(
        deposit_id=deposit.pk,
        provider_reference=deposit.provider_reference,
        provider=provider("paystack"),
        now=NOON,
    )

    assert journal_of(deposit) == {
        f"wallet:{wallet.number}:NGN": 500000,
        "clearing:paystack:NGN": -482500,
        "provider-costs:paystack:NGN": -17500,
    }
    assert balances() == {"NGN": 482500}
    assert balance_of(wallet).decimal_string() == "5000.00"
