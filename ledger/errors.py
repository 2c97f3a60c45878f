"""Every refusal of the ledger. Read this file to learn its rules."""

from __future__ import annotations


class LedgerRefusal(Exception):
    """The ledger said no, and nothing was changed.

    `code` is stable; `sentence` is what people are told when nothing more exact is known.
    """

    code = "ledger_refusal"
    sentence = "The ledger refused this."

    def __init__(self, sentence: str | None = None) -> None:
        super().__init__(sentence or self.sentence)


class InvalidAmount(LedgerRefusal):
    """The text or number is not an amount that this currency can express."""

    code = "invalid_amount"
    sentence = "This is not an amount of this currency."


class UnknownCurrency(LedgerRefusal):
    """Not an ISO 4217 code of a currency that has a minor unit."""

    code = "unknown_currency"
    sentence = "This is not an ISO 4217 currency code."


class CurrencyMismatch(LedgerRefusal):
    """Amounts of two currencies were mixed, or an entry does not balance in each currency."""

    code = "currency_mismatch"
    sentence = "Amounts of different currencies do not mix."


class InsufficientFunds(LedgerRefusal):
    """The account would fall below its floor, or below what is held on it."""

    code = "insufficient_funds"
    sentence = "There is not enough available money for this."


class AccountBlocked(LedgerRefusal):
    """The account takes no debits, or no credits, at present."""

    code = "account_blocked"
    sentence = "One of the accounts cannot send or receive money at present."


class UnknownAccount(LedgerRefusal):
    """A line names an account that does not exist."""

    code = "unknown_account"
    sentence = "There is no such account."


class UnbalancedEntry(LedgerRefusal):
    """The lines do not sum to zero in each currency, are fewer than two, or hold a zero."""

    code = "unbalanced_entry"
    sentence = "The lines of an entry must sum to zero in each currency."


class ReferenceTaken(LedgerRefusal):
    """The reference belongs to an entry that moves other money; references are unique for ever."""

    code = "reference_taken"
    sentence = "This reference already belongs to another movement of money."


class AlreadyReversed(LedgerRefusal):
    """Of an entry no more is reversed than it moved, and of a reversal nothing."""

    code = "already_reversed"
    sentence = "No more than this is left to reverse, or it is itself a reversal."


class AllowanceExceeded(LedgerRefusal):
    """The payer of an entry has used up what they may send, as whoever posts it says."""

    code = "limit_exceeded"
    sentence = "This is more than may be sent at present."


class CeilingReached(LedgerRefusal):
    """An account would hold more than it may, as whoever posts the entry says."""

    code = "over_ceiling"
    sentence = "The receiving account would hold more than it may."


class ReversalMismatch(LedgerRefusal):
    """A reversal mirrors its entry or a part of it: the same accounts, the opposite way."""

    code = "reversal_mismatch"
    sentence = "A reversal gives back what was moved, and no more."


class UnknownEntry(LedgerRefusal):
    """No journal entry has this reference."""

    code = "unknown_entry"
    sentence = "There is no entry with this reference."


class AmountTooLarge(LedgerRefusal):
    """The amount or the balance it would make does not fit in 64 bits of minor units."""

    code = "amount_too_large"
    sentence = "The amount, or the balance it would make, is too large."


class NotSealedYet(LedgerRefusal):
    """What was posted a moment ago is in no sealed block yet."""

    code = "not_sealed_yet"
    sentence = "This is not sealed yet. Ask again in a minute."


class BatchTooLarge(LedgerRefusal):
    """More entries than one call may post."""

    code = "batch_too_large"
    sentence = "At most 1,000 entries may be posted at once."


class BatchRefused(LedgerRefusal):
    """An all-or-nothing batch holds an entry that was refused; nothing was posted.

    `index` counts from 0, `refusal` is why.
    """

    code = "batch_refused"

    def __init__(self, *, index: int, refusal: LedgerRefusal) -> None:
        super().__init__(f"Entry {index} was refused: {refusal}")
        self.index = index
        self.refusal = refusal
