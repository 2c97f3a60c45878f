from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from payments.providers.base import (
    BALANCE_TOO_LOW,
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
    PayoutOrder,
    PayoutReport,
    RefundOrder,
    RefundReport,
    Refused,
    SettlementLine,
    Unknown,
    WebhookEvent,
)
from payments.providers.stripe import answers, forms, signature
from payments.providers.stripe.client import StripeClient

T = TypeVar("T")

_ODD = Unknown("unexpected_answer")
_MOST_PAGES = 200
_CHARGE = "latest_charge.balance_transaction"


class Stripe:
    """Stripe: hosted checkout, and transfers to connected accounts as payouts.

    Its keys make a repeated call harmless for 24 hours only. A lost answer is therefore asked
    for: a checkout by its id, a payment without one by the reference in its metadata, a
    transfer by its group.
    """

    name = "stripe"
    currencies = frozenset({"USD", "EUR", "GBP", "NGN", "GHS", "KES", "ZAR"})
    payout_currencies = frozenset(forms.COUNTRIES)
    capabilities = frozenset({Capability.PAYMENTS, Capability.REFUNDS, Capability.PAYOUTS})

    def __init__(self, *, client: StripeClient, webhook_secret: str) -> None:
        self._client = client
        self._webhook_secret = webhook_secret

    def spell(self, reference: str) -> str:
        return reference

    def spell_payout(self, reference: str) -> str:
        return reference

    def create_checkout(self, request: CheckoutRequest) -> Outcome[Checkout]:
        outcome = self._client.post(
            "/v1/checkout/sessions",
            forms.checkout(request),
            key=f"checkout-{request.reference}",
        )
        match outcome:
            case Done(value={"id": str(number), "url": str(url), "client_reference_id": named}) if (
                named == request.reference and url.startswith(("https://", "http://"))
            ):
                return Done(Checkout(url[:500], number[:100])) if len(url) <= 500 else _ODD
            case Done():
                return _ODD
            case _:
                return outcome

    def verify_payment(self, reference: str, provider_id: str = "") -> Outcome[Payment]:
        if provider_id:
            outcome = self._session(reference, provider_id)
            return _read(outcome, answers.payment_of_session)
        return _read(self._found_intent(reference), answers.payment_of_intent)

    def refund(self, order: RefundOrder) -> Outcome[RefundReport]:
        intent = self._intent_of(order)
        if isinstance(intent, Unknown):
            # Nothing was asked for yet: this is sure, and no reason to wait.
            return Refused("payment_not_read", intent.reason)
        if isinstance(intent, Refused):
            return intent
        outcome = self._client.post(
            "/v1/refunds", forms.refund(order, intent.value), key=f"refund-{order.reference}"
        )
        return _read(outcome, answers.refund_of)

    def verify_refund(self, order: RefundOrder) -> Outcome[RefundReport]:
        intent = self._intent_of(order)
        if not isinstance(intent, Done):
            return intent
        query = urlencode({"payment_intent": intent.value, "limit": 100})
        outcome = self._rows(f"/v1/refunds?{query}")
        if not isinstance(outcome, Done):
            return outcome
        for row in outcome.value:
            if (row.get("metadata") or {}).get("reference") == order.reference:
                report = answers.refund_of(row)
                return Done(report) if report else _ODD
        return Refused(NOT_FOUND, "No refund has this reference.")

    def resolve_account(self, account: BankAccount) -> Outcome[BankAccount]:
        return Refused(NOT_SUPPORTED, "Stripe tells nobody's name.")

    def create_beneficiary(self, account: BankAccount, *, key: str) -> Outcome[BeneficiaryCode]:
        """Open a connected account that has the bank account as its own."""
        if account.currency not in forms.COUNTRIES:
            return Refused(NOT_SUPPORTED, f"No connected account takes {account.currency}.")
        outcome = self._client.post("/v1/accounts", forms.account(account), key=f"account-{key}")
        match outcome:
            case Done(value={"id": str(code)}):
                return Done(BeneficiaryCode(code))
            case Done():
                return _ODD
            case _:
                return outcome

    def send_payout(self, order: PayoutOrder) -> Outcome[PayoutReport]:
        outcome = self._client.post(
            "/v1/transfers", forms.transfer(order), key=f"payout-{order.reference}"
        )
        if isinstance(outcome, Refused) and outcome.code == "balance_insufficient":
            return Refused(BALANCE_TOO_LOW, outcome.message)
        return _read(outcome, answers.payout_of)

    def verify_payout(self, reference: str) -> Outcome[PayoutReport]:
        outcome = self._rows(f"/v1/transfers?{urlencode({'transfer_group': reference})}")
        match outcome:
            case Done(value=[]):
                return Refused(NOT_FOUND, "No transfer has this group.")
            case Done(value=[row]):
                return _read(Done(row), answers.payout_of)
            case Done():
                return Unknown("several_transfers")
            case _:
                return outcome

    def cancel_payout(self, reference: str) -> Outcome[PayoutReport]:
        return Refused(NOT_SUPPORTED, "A transfer is there at once.")

    def balances(self) -> Outcome[tuple[Balance, ...]]:
        return _read(self._client.get("/v1/balance"), answers.balances_of)

    def list_settlements(
        self, *, since: datetime, until: datetime
    ) -> Outcome[tuple[SettlementLine, ...]]:
        """Their feed knows whole seconds only: what is in the time is picked out here."""
        window = {
            "created[gte]": int(since.timestamp()),
            "created[lt]": int(until.timestamp()) + 1,
            "limit": 100,
            "expand[]": "data.source",
        }
        lines: list[SettlementLine] = []
        for _ in range(_MOST_PAGES):
            after = {"starting_after": lines[-1].provider_reference} if lines else {}
            outcome = self._client.get(f"/v1/balance_transactions?{urlencode(window | after)}")
            match outcome:
                case Done(value={"data": [*rows], "has_more": bool(more)}):
                    read = [answers.line_of(row) for row in rows]
                    lines += [line for line in read if line]
                    if not all(read):
                        return _ODD
                    if not more:
                        return Done(tuple(reversed(lines)))
                case Done():
                    return _ODD
                case _:
                    return outcome
        return Unknown("too_many_pages")

    def parse_webhook(
        self, body: bytes, headers: Mapping[str, str], *, now: datetime
    ) -> Outcome[WebhookEvent]:
        header = headers.get(signature.HEADER, "")
        secret = self._webhook_secret
        if not signature.is_valid(body=body, header=header, secret=secret, now=now):
            return Refused(SIGNATURE_NOT_VALID)
        return Done(answers.event_of(body))

    def _session(self, reference: str, provider_id: str) -> Outcome[dict[str, Any]]:
        query = urlencode({"expand[]": f"payment_intent.{_CHARGE}"})
        outcome = self._client.get(f"/v1/checkout/sessions/{quote(provider_id, safe='')}?{query}")
        match outcome:
            case Done(value={"client_reference_id": named}) if named == reference:
                return outcome
            case Done():
                return _ODD
            case Refused(code="resource_missing", message=message):
                return Refused(NOT_FOUND, message)
            case _:
                return outcome

    def _found_intent(self, reference: str) -> Outcome[dict[str, Any]]:
        query = urlencode(
            {"query": f"metadata['reference']:'{reference}'", "expand[]": f"data.{_CHARGE}"}
        )
        outcome = self._rows(f"/v1/payment_intents/search?{query}")
        match outcome:
            case Done(value=[]):
                return Refused(NOT_FOUND, "No payment has this reference.")
            case Done(value=[row]):
                return Done(row)
            case Done():
                return Unknown("several_payments")
            case _:
                return outcome

    def _intent_of(self, order: RefundOrder) -> Outcome[str]:
        """Return the id of the payment intent of the payment that is to be refunded."""
        if not order.payment_id:
            return _read(self._found_intent(order.payment_reference), _id_of)
        return _read(self._session(order.payment_reference, order.payment_id), _intent_in)

    def _rows(self, path: str) -> Outcome[list[dict[str, Any]]]:
        outcome = self._client.get(path)
        match outcome:
            case Done(value={"data": [*rows]}) if all(isinstance(row, dict) for row in rows):
                return Done(rows)
            case Done():
                return _ODD
            case _:
                return outcome


def _read(
    outcome: Outcome[dict[str, Any]], read: Callable[[dict[str, Any]], T | None]
) -> Outcome[T]:
    if not isinstance(outcome, Done):
        return outcome
    value = read(outcome.value)
    return _ODD if value is None else Done(value)


def _id_of(intent: dict[str, Any]) -> str | None:
    number = intent.get("id")
    return number if isinstance(number, str) else None


def _intent_in(session: dict[str, Any]) -> str | None:
    intent = session.get("payment_intent")
    return _id_of(intent) if isinstance(intent, dict) else None
