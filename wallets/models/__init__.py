"""What a customer may do with money.

A `Wallet` is a customer's account with a number; a `Transfer` sends money between two.
"""

from wallets.models.transfer import Transfer, TransferStatus
from wallets.models.wallet import Wallet, WalletKind, WalletStatus

__all__ = ["Transfer", "TransferStatus", "Wallet", "WalletKind", "WalletStatus"]
