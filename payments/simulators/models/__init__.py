"""A provider's own books, as far as we play one.

`SimulatedPayment` is what a payer was asked for and what became of it; `BalanceMovement` what
that did to the money the provider holds for us; `SimulatedWebhook` a message it has yet to
deliver or has delivered; `FaultSettings` how badly it behaves.
"""

from payments.simulators.models.balance_movement import BalanceMovement
from payments.simulators.models.fault_settings import FaultSettings
from payments.simulators.models.simulated_payment import SimulatedPayment
from payments.simulators.models.simulated_webhook import SimulatedWebhook

__all__ = ["BalanceMovement", "FaultSettings", "SimulatedPayment", "SimulatedWebhook"]
