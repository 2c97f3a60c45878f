"""What a payment provider is to us: questions with three kinds of answer.

`Done` and `Refused` are the provider's own words. `Unknown` is everything else: a time-out, a
dropped connection, a 5xx, a body that cannot be read. An unknown outcome may have happened; it
is asked for by a read, never guessed and never repeated under another name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeAlias, TypeVar

from ledger.money import Money

T_co = TypeVar("T_co", covariant=True)

# Codes of `Refused` that mean the same with every provider. Others are the provider's own.
DUPLICATE_REFERENCE = "duplicate_reference"
NOT_FOUND = "not_found"
SIGNATURE_NOT_VALID = "signature_not_valid"


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
    """Where the payer goes to pay."""

    authorization_url: str


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


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """A message that the provider signed.

    `dedupe_key` is equal for two deliveries of one event. `payment_reference` is set only when
    the event says that a payment was made; it is a reason to ask, and no proof.
    """

    kind: str
    dedupe_key: str
    payment_reference: str | None


class Provider(Protocol):
    """One payment provider. Methods raise nothing that a provider or a network can cause."""

    name: str
    currencies: frozenset[str]
    takes_payments: bool

    def spell(self, reference: str) -> str:
        """Return our reference as this provider accepts it; two references never become one."""

    def create_checkout(self, request: CheckoutRequest) -> Outcome[Checkout]:
        """Ask for a payment under `request.reference`.

        Must be one call, never repeated here. Must answer `Refused(DUPLICATE_REFERENCE)` when
        the provider has the reference already. Must not run inside a database transaction.
        """

    def verify_payment(self, reference: str) -> Outcome[Payment]:
        """Ask what became of a payment; changes nothing and may be repeated.

        `Refused(NOT_FOUND)` only when the provider says that it never heard of the reference.
        Must never answer `Done` from anything but the provider's own answer to this call.
        """

    def parse_webhook(self, body: bytes, headers: Mapping[str, str]) -> Outcome[WebhookEvent]:
        """Check the signature over the raw bytes, then read them. Never calls out.

        `Refused(SIGNATURE_NOT_VALID)` for anything that the provider did not sign. A signed
        body that cannot be read is an event of kind `unreadable`. Header names are lower case.
        """
