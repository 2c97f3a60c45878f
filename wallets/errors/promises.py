"""What is refused about scheduled transfers and payment requests."""

from __future__ import annotations

from wallets.errors.base import WalletRefusal


class ScheduleNotFound(WalletRefusal):
    """No such scheduled transfer, or none of the caller's."""

    code = "not_found"
    sentence = "There is no such scheduled transfer."


class ScheduleNotOpen(WalletRefusal):
    """What has ended or was cancelled is neither changed nor paused nor resumed."""

    code = "schedule_not_open"
    sentence = "This scheduled transfer is not in a state that allows this."


class TooManySchedules(WalletRefusal):
    """A person has at most so many scheduled transfers that still run."""

    code = "too_many_schedules"
    sentence = "You have as many scheduled transfers as you may."


class RuleNotValid(WalletRefusal):
    """Not a rule of RFC 5545, or one that runs too often, never, or cannot be followed."""

    code = "rule_not_valid"
    sentence = "This rule cannot be followed."

    def __init__(self, sentence: str | None = None, *, field: str = "rrule") -> None:
        super().__init__(sentence)
        self.field = field


class PaymentRequestNotFound(WalletRefusal):
    """No request has this id, or it is not the caller's to cancel."""

    code = "not_found"
    sentence = "There is no such payment request."


class PaymentRequestClosed(WalletRefusal):
    """A request is paid once, in its time, unless it was cancelled."""

    code = "payment_request_closed"
    sentence = "This request was paid or cancelled, or has expired."


class PaymentAmountMismatch(WalletRefusal):
    """A request for an amount is paid with that amount."""

    code = "amount_mismatch"
    sentence = "This request is for another amount."
