"""A provider's own books, as far as we play one, for each provider that we play.

`SimulatedPayment` is what a payer was asked for and what became of it, `SimulatedRefund` money
of it that went back; `SimulatedRecipient` an account that money can be paid out to and
`SimulatedPayout` such a payment; `BalanceMovement` what all that did to the money the provider
holds for us; `SimulatedWebhook` a message it has yet to deliver or has delivered;
`SimulatedAnswer` what it answered to a request with a key; `FaultSettings` how badly it behaves,
and how far its clock is ahead.
"""

from payments.simulators.models.balance_movement import BalanceMovement
from payments.simulators.models.fault_settings import FaultSettings
from payments.simulators.models.simulated_answer import SimulatedAnswer
from payments.simulators.models.simulated_payment import SimulatedPayment
from payments.simulators.models.simulated_payout import SimulatedPayout, SimulatedRecipient
from payments.simulators.models.simulated_refund import SimulatedRefund
from payments.simulators.models.simulated_webhook import SimulatedWebhook

__all__ = [
    "BalanceMovement",
    "FaultSettings",
    "SimulatedAnswer",
    "SimulatedPayment",
    "SimulatedPayout",
    "SimulatedRecipient",
    "SimulatedRefund",
    "SimulatedWebhook",
]
