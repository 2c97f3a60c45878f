"""What is refused about money that is set aside."""

from __future__ import annotations

from wallets.errors.base import WalletRefusal


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
