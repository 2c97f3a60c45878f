"""What the simulated providers do: take requests, let payers pay, pay out, tell us, misbehave."""

from payments.simulators.operations.add_recipient import add_recipient
from payments.simulators.operations.deliver_webhooks import deliver_webhooks
from payments.simulators.operations.finish_checkout import finish_checkout
from payments.simulators.operations.initialize_payment import initialize_payment
from payments.simulators.operations.open_payment import PaymentAsked, open_payment
from payments.simulators.operations.pay_out import PayoutAsked, cancel_payout, pay_out
from payments.simulators.operations.refund_payment import refund_payment
from payments.simulators.operations.remember_answer import begin_answer, finish_answer
from payments.simulators.operations.run_clock import run_clock
from payments.simulators.operations.set_faults import advance_clock, set_faults

__all__ = [
    "PaymentAsked",
    "PayoutAsked",
    "add_recipient",
    "advance_clock",
    "begin_answer",
    "cancel_payout",
    "deliver_webhooks",
    "finish_answer",
    "finish_checkout",
    "initialize_payment",
    "open_payment",
    "pay_out",
    "refund_payment",
    "run_clock",
    "set_faults",
]
