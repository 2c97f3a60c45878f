"""What can be done with wallets: open, label, receive from outside, transfer."""

from wallets.operations.change_label import change_label
from wallets.operations.open_wallet import open_wallet
from wallets.operations.receive import Incoming, receive
from wallets.operations.transfer import AnswerToKeep, TransferOrder, transfer

__all__ = [
    "AnswerToKeep",
    "Incoming",
    "TransferOrder",
    "change_label",
    "open_wallet",
    "receive",
    "transfer",
]
