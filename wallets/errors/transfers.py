"""What is refused about sending money, and giving it back."""

from __future__ import annotations

from wallets.errors.base import WalletRefusal


class DestinationNotFound(WalletRefusal):
    """No wallet has the number that the money is meant for."""

    code = "not_found"
    sentence = "There is no wallet with the destination's number."


class TransferNotFound(WalletRefusal):
    """No such transfer, or none that the caller took part in."""

    code = "not_found"
    sentence = "There is no such transfer."


class SameWallet(WalletRefusal):
    """Money is sent from one wallet to another one."""

    code = "same_wallet"
    sentence = "A wallet cannot send money to itself."


class ReceiverCannotTake(WalletRefusal):
    """The receiver's wallet is frozen, or would hold more than it may. The money may wait."""

    code = "receiver_cannot_take"
    sentence = "The receiver cannot take this at present."


class TransferNotPending(WalletRefusal):
    """What has arrived or gone back is not claimed, cancelled or settled any more."""

    code = "transfer_not_pending"
    sentence = "This transfer is not in transit any more."


class TransferNotReversible(WalletRefusal):
    """Only what arrived is given back, and at most all of it."""

    code = "transfer_not_reversible"
    sentence = "There is not this much left of the transfer to give back."


class BatchRefused(WalletRefusal):
    """One of several transfers was refused that go together or not at all. None was made.

    `index` counts from 0; `code` is that of the refusal.
    """

    def __init__(self, *, index: int, refusal: Exception) -> None:
        super().__init__(f"Transfer {index} was refused: {refusal}")
        self.index = index
        self.code = getattr(refusal, "code", WalletRefusal.code)


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
