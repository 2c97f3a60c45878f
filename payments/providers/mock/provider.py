from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from payments.providers.base import (
    BALANCE_TOO_LOW,
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
from payments.providers.mock import answers, signature
from payments.providers.mock.client import MockClient

T = TypeVar("T")

_ODD = Unknown("unexpected_answer")
_MOST_PAGES = 200


class Mock:
    """A provider for trials, whose every reference is idempotent. Amounts are decimals."""

    name = "mock"
    currencies = frozenset({"NGN", "USD", "EUR", "GBP", "GHS", "KES", "ZAR"})
    payout_currencies = currencies
    capabilities = frozenset(Capability)

    def __init__(self, *, client: MockClient, secret_key: str, signing: str) -> None:
        self._client = client
        self._secret_key = secret_key
        self._signing = signing

    def spell(self, reference: str) -> str:
        return reference

    def spell_payout(self, reference: str) -> str:
        return reference

    def create_checkout(self, request: CheckoutRequest) -> Outcome[Checkout]:
        outcome = self._client.post(
            "/payments",
            {
                "reference": request.reference,
                "amount": request.amount.decimal_string(),
                "currency": request.amount.currency.code,
                "email": request.payer_email,
                "return_url": request.return_url,
            },
        )
        match outcome:
            case Done(value={"checkout_url": str(url), "id": str(number)}):
                return Done(Checkout(url, number[:100]))
            case Done():
                return _ODD
            case _:
                return outcome

    def verify_payment(self, reference: str, provider_id: str = "") -> Outcome[Payment]:
        outcome = self._client.get(f"/payments/{_part(reference)}")
        return _read(outcome, reference, answers.payment_of)

    def refund(self, order: RefundOrder) -> Outcome[RefundReport]:
        outcome = self._client.post(
            f"/payments/{_part(order.payment_reference)}/refunds",
            {"reference": order.reference, "amount": order.amount.decimal_string()},
        )
        return _read(outcome, order.reference, answers.refund_of)

    def verify_refund(self, order: RefundOrder) -> Outcome[RefundReport]:
        payment, refund = _part(order.payment_reference), _part(order.reference)
        outcome = self._client.get(f"/payments/{payment}/refunds/{refund}")
        return _read(outcome, order.reference, answers.refund_of)

    def resolve_account(self, account: BankAccount) -> Outcome[BankAccount]:
        outcome = self._client.get(f"/accounts/{_part(account.bank_code)}/{_part(account.number)}")
        match outcome:
            case Done(value={"name": str(name)}):
                return Done(BankAccount(account.number, account.bank_code, account.currency, name))
            case Done():
                return _ODD
            case _:
                return outcome

    def create_beneficiary(self, account: BankAccount, *, key: str) -> Outcome[BeneficiaryCode]:
        """It knows an account that it was told of before."""
        outcome = self._client.post(
            "/beneficiaries",
            {
                "number": account.number,
                "bank": account.bank_code,
                "currency": account.currency,
                "name": account.name,
            },
        )
        match outcome:
            case Done(value={"id": str(code)}):
                return Done(BeneficiaryCode(code))
            case Done():
                return _ODD
            case _:
                return outcome

    def send_payout(self, order: PayoutOrder) -> Outcome[PayoutReport]:
        outcome = self._client.post(
            "/payouts",
            {
                "reference": order.reference,
                "amount": order.amount.decimal_string(),
                "currency": order.amount.currency.code,
                "beneficiary": order.beneficiary.code,
                "reason": order.reason,
            },
        )
        if isinstance(outcome, Refused) and outcome.code == "balance_too_low":
            return Refused(BALANCE_TOO_LOW, outcome.message)
        return _read(outcome, order.reference, answers.payout_of)

    def verify_payout(self, reference: str) -> Outcome[PayoutReport]:
        outcome = self._client.get(f"/payouts/{_part(reference)}")
        return _read(outcome, reference, answers.payout_of)

    def cancel_payout(self, reference: str) -> Outcome[PayoutReport]:
        outcome = self._client.post(f"/payouts/{_part(reference)}/cancel", {})
        return _read(outcome, reference, answers.payout_of)

    def balances(self) -> Outcome[tuple[Balance, ...]]:
        outcome = self._client.get("/balances")
        if not isinstance(outcome, Done):
            return outcome
        held = answers.balances_of(outcome.value)
        return _ODD if held is None else Done(held)

    def list_settlements(
        self, *, since: datetime, until: datetime
    ) -> Outcome[tuple[SettlementLine, ...]]:
        window = {"since": _written(since), "until": _written(until)}
        lines: list[SettlementLine] = []
        for _ in range(_MOST_PAGES):
            after = {"after": lines[-1].provider_reference} if lines else {}
            outcome = self._client.get(f"/movements?{urlencode(window | after)}")
            match outcome:
                case Done(value={"movements": [*rows], "more": bool(more)}):
                    read = [answers.line_of(row) for row in rows]
                    lines += [line for line in read if line]
                    if not all(read):
                        return _ODD
                    if not more:
                        return Done(tuple(lines))
                case Done():
                    return _ODD
                case _:
                    return outcome
        return Unknown("too_many_pages")

    def parse_webhook(
        self, body: bytes, headers: Mapping[str, str], *, now: datetime
    ) -> Outcome[WebhookEvent]:
        valid = signature.is_valid(
            body=body,
            headers=headers,
            secret_key=self._secret_key,
            scheme=self._signing,
            now=now,
        )
        return Done(answers.event_of(body)) if valid else Refused(SIGNATURE_NOT_VALID)


def _read(
    outcome: Outcome[dict[str, Any]], reference: str, read: Callable[[dict[str, Any]], T | None]
) -> Outcome[T]:
    """Read an answer about `reference`; it is unknown what another one means."""
    if not isinstance(outcome, Done):
        return outcome
    value = read(outcome.value) if outcome.value.get("reference") == reference else None
    return _ODD if value is None else Done(value)


def _part(text: str) -> str:
    return quote(text, safe="")


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
