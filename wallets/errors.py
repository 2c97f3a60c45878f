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


class RatesNotValid(WalletRefusal):
    """What a source of rates gave cannot be read, or says what cannot be."""

    code = "rates_not_valid"
    sentence = "These are not exchange rates."


class RatesJump(WalletRefusal):
    """Rates far from the last ones are taken only by somebody who has looked at them."""

    code = "rates_jump"
    sentence = "A rate is far from the last one of its source."


class NoRate(WalletRefusal):
    """No source gives both currencies a rate that is recent enough."""

    code = "rate_not_available"
    sentence = "There is no recent rate between these currencies."


class AmountTooSmall(WalletRefusal):
    """What is left after rounding is not even the smallest unit."""

    code = "amount_too_small"
    sentence = "This amount is too small to be exchanged."


class QuoteNotFound(WalletRefusal):
    """No such quote, or none of the caller's."""

    code = "not_found"
    sentence = "There is no such quote."


class QuoteExpired(WalletRefusal):
    """A quote holds its rate for half a minute."""

    code = "quote_expired"
    sentence = "This quote has expired. Ask for another one."


class QuoteUsed(WalletRefusal):
    """A quote is converted once."""

    code = "quote_used"
    sentence = "This quote was used before."


class ConversionNotFound(WalletRefusal):
    """No such conversion, or none of the caller's."""

    code = "not_found"
    sentence = "There is no such conversion."


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


class OwnerNotActive(WalletRefusal):
    """Who was shut out sends nothing, however long ago it was arranged."""

    code = "owner_not_active"
    sentence = "The owner of the wallet cannot send money at present."


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


class ReceiverCannotTake(WalletRefusal):
    """The receiver's wallet is frozen, or would hold more than it may. The money may wait."""

    code = "receiver_cannot_take"
    sentence = "The receiver cannot take this at present."


class DisputeNotFound(WalletRefusal):
    """No such dispute, or none that the caller is a party to."""

    code = "not_found"
    sentence = "There is no such dispute."


class DisputeExists(WalletRefusal):
    """A transfer is disputed once; only a dispute that was withdrawn may be filed again."""

    code = "dispute_exists"
    sentence = "This transfer is disputed already, or was."


class DisputeClosed(WalletRefusal):
    """Nothing more happens to a dispute that has ended."""

    code = "dispute_closed"
    sentence = "This dispute has ended."


class NotDisputable(WalletRefusal):
    """Only a completed transfer of not too long ago is disputed, and for no more than it moved."""

    code = "not_disputable"
    sentence = "This transfer cannot be disputed."


class TooManyDisputes(WalletRefusal):
    """So many disputes of one sender are open, or files of one party, that no more are taken."""

    code = "too_many_disputes"
    sentence = "Too many of your disputes are open."


class DisputeProposalOpen(WalletRefusal):
    """A dispute has one proposal at a time."""

    code = "proposal_open"
    sentence = "A proposal about this dispute waits for a decision already."


class NoDisputeProposal(WalletRefusal):
    """There is nothing to decide: nobody proposed how this dispute should end."""

    code = "no_proposal"
    sentence = "Nobody has proposed how this dispute should end."


class DisputeNeedsTwo(WalletRefusal):
    """Who proposed how a dispute ends does not approve it."""

    code = "second_person_needed"
    sentence = "Somebody else has to approve this."


class OwnDispute(WalletRefusal):
    """Staff do not handle disputes that they are a party to."""

    code = "own_dispute"
    sentence = "You are a party to this dispute: somebody else has to do this."


class TransferNotPending(WalletRefusal):
    """What has arrived or gone back is not claimed, cancelled or settled any more."""

    code = "transfer_not_pending"
    sentence = "This transfer is not in transit any more."


class TransferNotReversible(WalletRefusal):
    """Only what arrived is given back, and at most all of it."""

    code = "transfer_not_reversible"
    sentence = "There is not this much left of the transfer to give back."


class InvalidRule(WalletRefusal):
    """What was proposed says nothing that could hold."""

    code = "invalid_rule"
    sentence = "This is no rule about fees or limits."


class RuleClosed(WalletRefusal):
    """A rule is decided once, and in time."""

    code = "rule_closed"
    sentence = "This was decided before, or has waited too long."


class RuleNeedsTwo(WalletRefusal):
    """Fees and limits are approved by another person than the one who proposed them."""

    code = "second_person_needed"
    sentence = "Somebody else must approve what you proposed."


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
