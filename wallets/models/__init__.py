"""What a customer may do with money.

A `Wallet` is a customer's account with a number; a `Transfer` sends money between two; a
`Hold` sets some aside, and a `HoldCapture` is what was paid out of it; a `Freeze` stops a
wallet, and a `BalanceAlert` tells its owner of what is in it. A `FeeRule` says what an
operation costs, a `LimitRule` how much of it there may be, and `Usage` how much there was.
A `RateSheet` and an `FxSpread` say what an `FxQuote` promises, which a `Conversion` keeps.
"""

from wallets.models.balance_alert import BalanceAlert
from wallets.models.dispute import (
    Dispute,
    DisputeDecision,
    DisputeEvidence,
    DisputeReason,
    DisputeStatus,
    DisputeStep,
    Party,
)
from wallets.models.freeze import Freeze
from wallets.models.fx import Conversion, FxQuote, FxSpread, Rate, RateSheet
from wallets.models.hold import Hold, HoldCapture, HoldPurpose, HoldStatus
from wallets.models.payment_request import PaymentRequest, PaymentRequestStatus
from wallets.models.reversal import TransferReversal
from wallets.models.rule import FeeRule, LimitRule, RuleStatus
from wallets.models.schedule import RunStatus, ScheduledRun, ScheduledTransfer, ScheduleStatus
from wallets.models.transfer import Transfer, TransferStatus
from wallets.models.transit import Transit, TransitReason
from wallets.models.usage import Usage
from wallets.models.wallet import Wallet, WalletKind, WalletStatus

__all__ = [
    "BalanceAlert",
    "Conversion",
    "Dispute",
    "DisputeDecision",
    "DisputeEvidence",
    "DisputeReason",
    "DisputeStatus",
    "DisputeStep",
    "FeeRule",
    "Freeze",
    "FxQuote",
    "FxSpread",
    "Hold",
    "HoldCapture",
    "HoldPurpose",
    "HoldStatus",
    "LimitRule",
    "Party",
    "PaymentRequest",
    "PaymentRequestStatus",
    "Rate",
    "RateSheet",
    "RuleStatus",
    "RunStatus",
    "ScheduleStatus",
    "ScheduledRun",
    "ScheduledTransfer",
    "Transfer",
    "TransferReversal",
    "TransferStatus",
    "Transit",
    "TransitReason",
    "Usage",
    "Wallet",
    "WalletKind",
    "WalletStatus",
]
