"""Money that enters.

`Deposit` is a payment into a wallet from asking to credit; `WebhookDelivery` is a message that
a provider signed, which may be a reason to ask it about a deposit.
"""

from payments.models.deposit import Deposit
from payments.models.webhook_delivery import WebhookDelivery

__all__ = ["Deposit", "WebhookDelivery"]
