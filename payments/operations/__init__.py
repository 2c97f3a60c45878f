"""What payments can do: let money in, and find out what became of it."""

from payments.operations.apply_webhook import apply_webhook
from payments.operations.receive_webhook import receive_webhook
from payments.operations.settle_deposit import settle_deposit
from payments.operations.start_deposit import start_deposit
from payments.operations.sweep_deposits import sweep_deposits
from payments.operations.sweep_webhooks import sweep_webhooks

__all__ = [
    "apply_webhook",
    "receive_webhook",
    "settle_deposit",
    "start_deposit",
    "sweep_deposits",
    "sweep_webhooks",
]
