"""Every refusal of the ledger. Read this file to learn its rules."""

from __future__ import annotations


class LedgerRefusal(Exception):
    """The ledger said no, and nothing was changed."""

    code = "ledger_refusal"


class InvalidAmount(LedgerRefusal):
    """The text or number is not an amount that this currency can express."""

    code = "invalid_amount"


class UnknownCurrency(LedgerRefusal):
    """Not an ISO 4217 code of a currency that has a minor unit."""

    code = "unknown_currency"

    def __init__(self, code: object) -> None:
        super().__init__(f"{code!r} is not an ISO 4217 currency code.")


class CurrencyMismatch(LedgerRefusal):
    """Amounts of two currencies were mixed, or an entry does not balance in each currency."""

    code = "currency_mismatch"


class InsufficientFunds(LedgerRefusal):
    """The account would fall below its floor, or below what is held on it."""

    code = "insufficient_funds"

    def __init__(self, account_id: int | None = None) -> None:
        super().__init__("There is not enough available money for this.")
        self.account_id = account_id


class AccountBlocked(LedgerRefusal):
    """The account takes no debits, or no credits, at present."""

    code = "account_blocked"

    def __init__(self, account_id: int | None = None) -> None:
        super().__init__("One of the accounts cannot send or receive money at present.")
        self.account_id = account_id


class UnknownAccount(LedgerRefusal):
    """A line names an account that does not exist."""

    code = "unknown_account"


class UnbalancedEntry(LedgerRefusal):
    """The lines do not sum to zero in each currency, are fewer than two, or hold a zero."""

    code = "unbalanced_entry"


class ReferenceTaken(LedgerRefusal):
    """The reference belongs to an entry that moves other money; references are unique for ever."""

    code = "reference_taken"

    def __init__(self, reference: str) -> None:
        super().__init__(f"The reference {reference} already belongs to another entry.")


class AlreadyReversed(LedgerRefusal):
    """An entry is reversed at most once, and a reversal never."""

    code = "already_reversed"


class UnknownEntry(LedgerRefusal):
    """No journal entry has this reference."""

    code = "unknown_entry"


class AmountTooLarge(LedgerRefusal):
    """The amount or the balance it would make does not fit in 64 bits of minor units."""

    code = "amount_too_large"
