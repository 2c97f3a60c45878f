from wallets.models import Wallet


def change_label(*, wallet: Wallet, label: str) -> Wallet:
    """Give a wallet another label."""
    wallet.label = label
    wallet.save(update_fields=["label"])
    return wallet
