"""Money that enters and leaves.

`Deposit` is a payment into a wallet from asking to credit, `Refund` some of it on its way back;
`Payout` is money on its way to a
`Beneficiary`, on which people cast each a `PayoutVote` where a `PayoutThreshold` or the provider's
silence wants it; `WebhookDelivery` is a message that a provider signed, which may be a reason to
ask it about either. A `ReconciliationRun` compares a day of a provider's books with ours in
`ReconciliationLine`s, of which breaks are resolved by a `ReconciliationProposal`. A
`Conversation` is what was said to a provider and by it, a `MoneyProof` what customers own and
where it is.
"""

from payments.models.beneficiary import Beneficiary
from payments.models.conversation import Conversation
from payments.models.deposit import Deposit
from payments.models.money_proof import MoneyProof
from payments.models.payout import Payout, PayoutThreshold, PayoutVote
from payments.models.payout_batch import PayoutBatch, PayoutBatchRow
from payments.models.reconciliation import (
    ReconciliationLine,
    ReconciliationProposal,
    ReconciliationRun,
)
from payments.models.refund import Refund
from payments.models.webhook_delivery import WebhookDelivery

__all__ = [
    "Beneficiary",
    "Conversation",
    "Deposit",
    "MoneyProof",
    "Payout",
    "PayoutBatch",
    "PayoutBatchRow",
    "PayoutThreshold",
    "PayoutVote",
    "ReconciliationLine",
    "ReconciliationProposal",
    "ReconciliationRun",
    "Refund",
    "WebhookDelivery",
]
