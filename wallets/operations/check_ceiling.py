from __future__ import annotations

from datetime import datetime

from wallets import queries, tariff
from wallets.errors import LimitExceeded
from wallets.models import Wallet


def check_ceiling(*, wallet: Wallet, at: datetime) -> None:
    """Raise `LimitExceeded` when a wallet holds more than its owner may.

    To be asked after the posting, in its transaction: the account is locked then, so that no
    two credits are each measured without the other.
    """
    ceilings = tariff.ceilings(wallet.currency, at=at)
    if not ceilings:
        return
    standing = queries.standing_of(wallet.account_id)
    most = ceilings[standing.tier]
    if most is not None and standing.total_minor > most:
        raise LimitExceeded("This is more than the receiving wallet may hold.")
