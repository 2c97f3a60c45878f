"""What is refused about wallets themselves, and what is read of them."""

from __future__ import annotations

from wallets.errors.base import WalletRefusal


class WalletNotFound(WalletRefusal):
    """No such wallet, or none of the caller's."""

    code = "not_found"
    sentence = "There is no such wallet."


class WalletExists(WalletRefusal):
    """A person has at most one wallet of each currency and kind."""

    code = "wallet_exists"
    sentence = "You have a wallet of this currency and kind already."


class WalletNotActive(WalletRefusal):
    """A frozen or closed wallet does not send or receive."""

    code = "wallet_not_active"
    sentence = "One of the wallets cannot send or receive money at present."


class WalletClosed(WalletRefusal):
    """A closed wallet stays closed."""

    code = "wallet_closed"
    sentence = "This wallet is closed, and stays closed."


class WalletNotEmpty(WalletRefusal):
    """A wallet is closed when it holds nothing and nothing of it is under way.

    `open_items` says in words what is in the way.
    """

    code = "wallet_not_empty"
    sentence = "This wallet cannot be closed yet."

    def __init__(self, *, open_items: list[str]) -> None:
        super().__init__(f"{self.sentence} In the way: {', '.join(open_items)}.")
        self.open_items = open_items


class WalletNotFrozen(WalletRefusal):
    """Only what is frozen can be unfrozen."""

    code = "wallet_not_frozen"
    sentence = "This wallet is not frozen."


class OwnWallet(WalletRefusal):
    """Nobody freezes or unfreezes a wallet of their own as staff."""

    code = "own_wallet"
    sentence = "This is a wallet of your own: somebody else has to do this."


class OwnerNotActive(WalletRefusal):
    """Who was shut out sends nothing, however long ago it was arranged."""

    code = "owner_not_active"
    sentence = "The owner of the wallet cannot send money at present."


class CurrencyMismatch(WalletRefusal):
    """A transfer has one currency: the source's, the destination's and the one it names."""

    code = "currency_mismatch"
    sentence = "Both wallets and the amount must be in the same currency."


class OutsideTransaction(WalletRefusal):
    """An operation that moves money was called with no transaction open."""

    code = "outside_transaction"
    sentence = "Money is moved inside a transaction."


class BadPeriod(WalletRefusal):
    """A statement is about a time that began, and ends after it begins. `field` is at fault."""

    code = "bad_period"

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class StatementTooLong(WalletRefusal):
    """JSON and PDF hold a bounded number of lines; CSV holds any."""

    code = "statement_too_long"
    sentence = "Too many lines for this format. Ask for a shorter period, or for CSV."
