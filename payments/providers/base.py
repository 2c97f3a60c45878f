"""What a payment provider is to us: what each method must do and must never do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from payments.providers.vocabulary import (
    BALANCE_TOO_LOW,
    DUPLICATE_REFERENCE,
    NOT_FOUND,
    NOT_SUPPORTED,
    SIGNATURE_NOT_VALID,
    Balance,
    BankAccount,
    BeneficiaryCode,
    Capability,
    Checkout,
    CheckoutRequest,
    Done,
    Outcome,
    Payment,
    PaymentState,
    PayoutOrder,
    PayoutReport,
    PayoutState,
    RefundOrder,
    RefundReport,
    RefundState,
    Refused,
    SettlementKind,
    SettlementLine,
    Unknown,
    WebhookEvent,
)

__all__ = [
    "BALANCE_TOO_LOW",
    "DUPLICATE_REFERENCE",
    "NOT_FOUND",
    "NOT_SUPPORTED",
    "SIGNATURE_NOT_VALID",
    "Balance",
    "BankAccount",
    "BeneficiaryCode",
    "Capability",
    "Checkout",
    "CheckoutRequest",
    "Done",
    "Outcome",
    "Payment",
    "PaymentState",
    "PayoutOrder",
    "PayoutReport",
    "PayoutState",
    "Provider",
    "RefundOrder",
    "RefundReport",
    "RefundState",
    "Refused",
    "SettlementKind",
    "SettlementLine",
    "Unknown",
    "WebhookEvent",
]


class Provider(Protocol):
    """One payment provider. Methods raise nothing that a provider or a network can cause.

    Each is one call to the provider, never repeated here, and must not run inside a database
    transaction: retrying, breaking off and remembering are the caller's. What changes
    something there must do so once for its reference, or answer what it did the first time.
    """

    name: str
    currencies: frozenset[str]
    payout_currencies: frozenset[str]
    capabilities: frozenset[Capability]

    def spell(self, reference: str) -> str:
        """Return our reference as this provider accepts it; two references never become one."""

    def spell_payout(self, reference: str) -> str:
        """Return our payout's reference as this provider accepts it, as `spell`."""

    def create_checkout(self, request: CheckoutRequest) -> Outcome[Checkout]:
        """Ask for a payment under `request.reference`.

        Must answer the same checkout, or `Refused(DUPLICATE_REFERENCE)`, when the provider has
        the reference already.
        """

    def verify_payment(self, reference: str, provider_id: str = "") -> Outcome[Payment]:
        """Ask what became of a payment; changes nothing and may be repeated.

        `provider_id` is the checkout's, where it had one. `Refused(NOT_FOUND)` only when the
        provider says that it never heard of the payment. Must never answer `Done` from anything
        but the provider's own answer to this call.
        """

    def refund(self, order: RefundOrder) -> Outcome[RefundReport]:
        """Send money of a payment back to its payer, all of it or some.

        A provider without idempotency may do it twice when asked twice: after `Unknown` only
        `verify_refund` may follow.
        """

    def verify_refund(self, order: RefundOrder) -> Outcome[RefundReport]:
        """Ask what became of a refund, as `verify_payment` does."""

    def resolve_account(self, account: BankAccount) -> Outcome[BankAccount]:
        """Ask for the name of an account's holder; `Refused(NOT_FOUND)` where there is none."""

    def create_beneficiary(self, account: BankAccount, *, key: str) -> Outcome[BeneficiaryCode]:
        """Tell the provider of an account. With the same `key` and account the same code."""

    def send_payout(self, order: PayoutOrder) -> Outcome[PayoutReport]:
        """Pay out once for the reference.

        `Refused(DUPLICATE_REFERENCE)` when the provider has the reference: it was sent before,
        and `verify_payout` says what became of it. `Refused(BALANCE_TOO_LOW)` when it holds too
        little for us.
        """

    def verify_payout(self, reference: str) -> Outcome[PayoutReport]:
        """Ask what became of a payout, as `verify_payment` does."""

    def cancel_payout(self, reference: str) -> Outcome[PayoutReport]:
        """Stop a payout that has not gone out; `Refused` when it is too late."""

    def balances(self) -> Outcome[tuple[Balance, ...]]:
        """Ask what the provider holds for us now."""

    def list_settlements(
        self, *, since: datetime, until: datetime
    ) -> Outcome[tuple[SettlementLine, ...]]:
        """Ask for what changed our balance from `since` until before `until`, oldest first."""

    def parse_webhook(
        self, body: bytes, headers: Mapping[str, str], *, now: datetime
    ) -> Outcome[WebhookEvent]:
        """Check the signature over the raw bytes, then read them. Never calls out.

        `Refused(SIGNATURE_NOT_VALID)` for anything that the provider did not sign, or signed at
        another time than `now`, where it signs the time. A signed body that cannot be read is
        an event of kind `unreadable`. Header names are lower case.
        """
