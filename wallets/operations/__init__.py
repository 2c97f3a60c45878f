"""What can be done with wallets: open, label, stop, receive, transfer, and carry offline."""

from wallets.operations.change_label import change_label
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
from wallets.operations.receive import Incoming, receive
from wallets.operations.stop_debits import allow_debits, debits_let_through, stop_debits
from wallets.operations.transfer import AnswerToKeep, TransferOrder, transfer
from wallets.operations.transfer_many import TransferTask, transfer_many

__all__ = [
    "AnswerToKeep",
    "Incoming",
    "OfflinePayment",
    "Shares",
    "TransferOrder",
    "TransferTask",
    "allow_debits",
    "change_label",
    "debits_let_through",
    "fund_reserve",
    "gather_transfer",
    "give_back",
    "lock_reserve",
    "open_wallet",
    "pay_offline",
    "receive",
    "set_aside",
    "stop_debits",
    "transfer",
    "transfer_many",
]
