"""Every refusal of the wallets. Read this file to learn their rules."""

from __future__ import annotations


class WalletRefusal(Exception):
    """A rule about wallets said no, and nothing was changed.

    `code` is stable; `sentence` is what the client is told.
    """

    code = "wallet_refusal"
    sentence = "This is not possible with this wallet."

    def __init__(self, sentence: str | None = None) -> None:
        super().__init__(sentence or self.sentence)


class WalletNotFound(WalletRefusal):
    """No such wallet, or none of the caller's."""

    code = "not_found"
    sentence = "There is no such wallet."


class DestinationNotFound(WalletRefusal):
    """No wallet has the number that the money is meant for."""

    code = "not_found"
    sentence = "There is no wallet with the destination's number."


class TransferNotFound(WalletRefusal):
    """No such transfer, or none that the caller took part in."""

    code = "not_found"
    sentence = "There is no such transfer."


class WalletExists(WalletRefusal):
    """A person has at most one wallet of each currency and kind."""

    code = "wallet_exists"
    sentence = "You have a wallet of this currency and kind already."


class WalletNotActive(WalletRefusal):
    """A frozen or closed wallet does not send or receive."""

    code = "wallet_not_active"
    sentence = "One of the wallets cannot send or receive money at present."


class SameWallet(WalletRefusal):
    """Money is sent from one wallet to another one."""

    code = "same_wallet"
    sentence = "A wallet cannot send money to itself."


class CurrencyMismatch(WalletRefusal):
    """A transfer has one currency: the source's, the destination's and the one it names."""

    code = "currency_mismatch"
    sentence = "Both wallets and the amount must be in the same currency."


class OutsideTransaction(WalletRefusal):
    """An operation that moves money was called with no transaction open."""

    code = "outside_transaction"
    sentence = "Money is moved inside a transaction."


class HoldNotFound(WalletRefusal):
    """No such hold, or none on a wallet of the caller's."""

    code = "not_found"
    sentence = "There is no such hold."


class HoldNotOpen(WalletRefusal):
    """What was captured, released or has expired is neither captured nor released again."""

    code = "hold_not_open"
    sentence = "This hold is not open any more."


class HoldNotYours(WalletRefusal):
    """What a payout or a dispute holds, that one settles."""

    code = "hold_not_yours"
    sentence = "This hold is settled by what placed it."


class CaptureTooLarge(WalletRefusal):
    """A hold pays no more than what is left of it, fee included."""

    code = "capture_exceeds_hold"
    sentence = "This is more than what is left of the hold."


class LimitExceeded(WalletRefusal):
    """The owner's limits, or what the wallet may hold, do not allow this at present."""

    code = "limit_exceeded"
    sentence = "This is more than your limits allow at present."


class TooBusy(WalletRefusal):
    """More transfers wait than can be carried out in time. This one was not."""

    code = "throttled"
    sentence = "Too many transfers at this moment. Try again shortly."


class TransferOutcomeUnknown(WalletRefusal):
    """The transfer may or may not have been made."""

    code = "outcome_unknown"
    sentence = "Nobody can tell yet. Ask again with the same Idempotency-Key."


class TransfersUndone(WalletRefusal):
    """The database undid a call that carried several transfers; each may be tried alone."""

    code = "transfers_undone"
    sentence = "None of these transfers was made."
