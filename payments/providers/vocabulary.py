"""What is asked of a payment provider, and the three kinds of answer.

`Done` and `Refused` are the provider's own words. `Unknown` is everything else: a time-out, a
dropped connection, a 5xx, a body that cannot be read. An unknown outcome may have happened; it
is asked for by a read, never guessed and never repeated under another name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeAlias, TypeVar

from ledger.money import Money

T_co = TypeVar("T_co", covariant=True)

# Codes of `Refused` that mean the same with every provider. Others are the provider's own.
DUPLICATE_REFERENCE = "duplicate_reference"
NOT_FOUND = "not_found"
SIGNATURE_NOT_VALID = "signature_not_valid"
NOT_SUPPORTED = "not_supported"
BALANCE_TOO_LOW = "balance_too_low"


@dataclass(frozen=True, slots=True)
class Done(Generic[T_co]):
    """The provider did it, and this is what it answered."""

    value: T_co


@dataclass(frozen=True, slots=True)
class Refused:
    """The provider said no: nothing happened there. `code` is stable, `message` is its words."""

    code: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can say whether it happened. `reason` is for logs and people."""

    reason: str


Outcome: TypeAlias = Done[T_co] | Refused | Unknown


@dataclass(frozen=True, slots=True)
class CheckoutRequest:
    """A payment that we ask for. `reference` is ours in the provider's spelling."""

    reference: str
    amount: Money
    payer_email: str
    return_url: str


@dataclass(frozen=True, slots=True)
class Checkout:
    """Where the payer goes to pay, and the provider's own name of it where it has one."""

    authorization_url: str
    provider_id: str = ""


class PaymentState(StrEnum):
    """What a provider says of a payment."""

    PAID = "paid"
    UNPAID = "unpaid"  # not paid so far; the payer may still come back and pay
    IN_PROGRESS = "in_progress"  # the payer acted, and the provider waits for a bank
    FAILED = "failed"  # the attempt failed; another one may follow under the same reference
    REVERSED = "reversed"  # was paid and went back to the payer


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as the provider has it.

    `requested` is what we asked for and `paid` what the payer gave, fees that the payer bears
    included. Both are what the provider says now, not what we remember. `fees` are the
    provider's own, None where it does not say. `currency` is its word for the currency and is
    kept apart from the amounts because it may be one that we do not know.
    """

    state: PaymentState
    requested_minor: int
    paid_minor: int
    fees_minor: int | None
    currency: str
    paid_at: datetime | None = None


class RefundState(StrEnum):
    """What a provider says of a refund. Pending ends by itself or by its people's hands."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """Money of a payment that is to go back to its payer. `reference` is ours, once for ever.

    `payment_reference` and `payment_id` name the payment as `verify_payment` takes them.
    """

    reference: str
    payment_reference: str
    amount: Money
    payment_id: str = ""


@dataclass(frozen=True, slots=True)
class RefundReport:
    """A refund as the provider has it. `code` says why it failed."""

    state: RefundState
    provider_reference: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account that money can be paid out to. `bank_code` is the country's own word for a bank.

    `name` is its holder's, as the person said it or as `resolve_account` found it.
    """

    number: str
    bank_code: str
    currency: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class BeneficiaryCode:
    """What a provider calls a bank account that it was told of. Payouts go to codes."""

    code: str


class PayoutState(StrEnum):
    """What a provider says of a payout. Only `PENDING` is sure to change."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"  # and yet it may become reversed, or even failed, days later
    FAILED = "failed"
    REVERSED = "reversed"  # had succeeded, and the money came back to us
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class PayoutOrder:
    """Money to be paid out. `reference` is ours as `spell_payout` wrote it, once for ever."""

    reference: str
    amount: Money
    beneficiary: BeneficiaryCode
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PayoutReport:
    """A payout as the provider has it, and what it kept for itself where it says so.

    `amount_minor` and `currency` are its word, to be compared with our record. `code` says why
    it did not succeed.
    """

    state: PayoutState
    amount_minor: int
    currency: str
    provider_reference: str = ""
    code: str = ""
    fee_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Balance:
    """What the provider holds for us in one currency, in minor units."""

    currency: str
    available_minor: int
    pending_minor: int = 0


class SettlementKind(StrEnum):
    PAYMENT = "payment"
    REFUND = "refund"
    PAYOUT = "payout"
    REVERSAL = "reversal"  # of a payout: the money came back
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SettlementLine:
    """One change of what the provider holds for us, by its own books.

    `net_minor` is signed as it changed the balance: `gross_minor` less `fee_minor`. `reference`
    is ours as we gave it to the provider, empty where the line has none.
    """

    kind: SettlementKind
    reference: str
    provider_reference: str
    currency: str
    gross_minor: int
    fee_minor: int
    net_minor: int
    at: datetime


class Capability(StrEnum):
    """What not every provider can do. Without it, a method answers `Refused(NOT_SUPPORTED)`."""

    PAYMENTS = "payments"
    REFUNDS = "refunds"
    PAYOUTS = "payouts"
    RESOLVE_ACCOUNTS = "resolve_accounts"
    CANCEL_PAYOUTS = "cancel_payouts"


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """A message that the provider signed.

    `dedupe_key` is equal for two deliveries of one event. At most one of the references is set,
    to what the event says something new about: a payment that was made (or took back), a
    payment of which a refund changed, a payout. It is a reason to ask, and no proof.
    """

    kind: str
    dedupe_key: str
    payment_reference: str | None
    refunded_payment_reference: str | None = None
    payout_reference: str | None = None
