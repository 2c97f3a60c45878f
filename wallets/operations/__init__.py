"""What can be done with wallets: open, label, receive from outside, transfer."""

from wallets.operations.change_label import change_label
from wallets.operations.gather_transfer import gather_transfer
from wallets.operations.open_wallet import open_wallet
from wallets.operations.receive import Incoming, receive
from wallets.operations.transfer import AnswerToKeep, TransferOrder, transfer
from wallets.operations.transfer_many import TransferTask, transfer_many

__all__ = [
    "AnswerToKeep",
    "Incoming",
    "TransferOrder",
    "TransferTask",
    "change_label",
    "gather_transfer",
    "open_wallet",
    "receive",
    "transfer",
    "transfer_many",
]
