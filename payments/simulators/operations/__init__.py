"""What the simulated provider does: take a request, let a payer pay, tell us of it, misbehave."""

from payments.simulators.operations.deliver_webhooks import deliver_webhooks
from payments.simulators.operations.finish_checkout import finish_checkout
from payments.simulators.operations.initialize_payment import initialize_payment
from payments.simulators.operations.set_faults import set_faults

__all__ = ["deliver_webhooks", "finish_checkout", "initialize_payment", "set_faults"]
