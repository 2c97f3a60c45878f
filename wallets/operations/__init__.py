"""What can be done with wallets: each verb in a file of its own."""

from wallets.operations.alerts import judge_alerts, set_alerts
from wallets.operations.capture_hold import Capture, capture_hold
from wallets.operations.change_label import change_label
from wallets.operations.close_wallet import close_for_erasure, close_wallet
from wallets.operations.convert import ConversionOrder, convert
from wallets.operations.count_use import count_use
from wallets.operations.expire_holds import expire_holds
from wallets.operations.freeze_wallet import (
    FreezeOrder,
    expire_freezes,
    freeze_wallet,
    unfreeze_wallet,
)
from wallets.operations.gather_transfer import gather_transfer
from wallets.operations.offline_money import (
    OfflinePayment,
    Shares,
    fund_reserve,
    give_back,
    lock_reserve,
    pay_offline,
    set_aside,
)
from wallets.operations.open_wallet import open_wallet
from wallets.operations.place_hold import HoldOrder, hold_what_is_there, place_hold
from wallets.operations.quote_exchange import QuoteOrder, prune_quotes, quote_exchange
from wallets.operations.receive import Incoming, receive
from wallets.operations.record_rates import rate_changes, record_rates
from wallets.operations.refresh_rates import refresh_rates
from wallets.operations.release_hold import release_hold
from wallets.operations.return_capture import return_capture
from wallets.operations.set_spread import set_spread
from wallets.operations.stop_debits import allow_debits, debits_let_through, stop_debits
from wallets.operations.transfer import AnswerToKeep, TransferOrder, transfer
from wallets.operations.transfer_many import TransferTask, transfer_many

__all__ = [
    "AnswerToKeep",
    "Capture",
    "ConversionOrder",
    "FreezeOrder",
    "HoldOrder",
    "Incoming",
    "OfflinePayment",
    "QuoteOrder",
    "Shares",
    "TransferOrder",
    "TransferTask",
    "allow_debits",
    "capture_hold",
    "change_label",
    "close_for_erasure",
    "close_wallet",
    "convert",
    "count_use",
    "debits_let_through",
    "expire_freezes",
    "expire_holds",
    "freeze_wallet",
    "fund_reserve",
    "gather_transfer",
    "give_back",
    "hold_what_is_there",
    "judge_alerts",
    "lock_reserve",
    "open_wallet",
    "pay_offline",
    "place_hold",
    "prune_quotes",
    "quote_exchange",
    "rate_changes",
    "receive",
    "record_rates",
    "refresh_rates",
    "release_hold",
    "return_capture",
    "set_alerts",
    "set_aside",
    "set_spread",
    "stop_debits",
    "transfer",
    "transfer_many",
    "unfreeze_wallet",
]
