from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from payments.providers.base import (
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
    PayoutOrder,
    PayoutReport,
    RefundOrder,
    RefundReport,
    Refused,
    SettlementLine,
    Unknown,
    WebhookEvent,
)
from payments.providers.paystack import answers, lists, signature
from payments.providers.paystack.client import PaystackClient
from payments.providers.paystack.events import event_of

# What kind of account money in a currency goes to.
_RECIPIENT_TYPES = {"NGN": "nuban", "GHS": "ghipss", "ZAR": "basa", "KES": "kepss"}
_ODD = Unknown("unexpected_answer")


class Paystack:
    """Paystack, as its API speaks since 2024. Amounts are in minor units on both sides."""

    name = "paystack"
    currencies = frozenset({"NGN", "GHS", "KES", "ZAR", "USD", "XOF", "EGP", "RWF"})
    payout_currencies = frozenset(_RECIPIENT_TYPES)
    capabilities = frozenset(
        {
            Capability.PAYMENTS,
            Capability.REFUNDS,
            Capability.PAYOUTS,
            Capability.RESOLVE_ACCOUNTS,
        }
    )

    def __init__(self, *, client: PaystackClient, secret_key: str) -> None:
        self._client = client
        self._secret_key = secret_key

    def spell(self, reference: str) -> str:
        """References may hold letters, digits, `-`, `.` and `=`; ours hold one underscore."""
        return reference.replace("_", "-")

    def spell_payout(self, reference: str) -> str:
        """References of transfers are lower case, 16 to 50 long; ours have no lower case."""
        return reference.lower()

    def create_checkout(self, request: CheckoutRequest) -> Outcome[Checkout]:
        outcome = self._client.post(
            "/transaction/initialize",
            {
                "email": request.payer_email,
                "amount": request.amount.amount_minor,
                "currency": request.amount.currency.code,
                "reference": request.reference,
                "callback_url": request.return_url,
            },
        )
        match outcome:
            case Done(value={"authorization_url": str(url), "reference": request.reference}):
                return (
                    Done(Checkout(url)) if answers.is_web_address(url) else Unknown("odd_address")
                )
            case Done():
                return _ODD
            case Refused(message=message) if "duplicate transaction reference" in message.lower():
                return Refused(DUPLICATE_REFERENCE, message)
            case _:
                return outcome

    def verify_payment(self, reference: str, provider_id: str = "") -> Outcome[Payment]:
        outcome = self._transaction(reference)
        if not isinstance(outcome, Done):
            return outcome
        payment = answers.payment_of(outcome.value)
        return Done(payment) if payment else _ODD

    def refund(self, order: RefundOrder) -> Outcome[RefundReport]:
        """Their API refunds twice when asked twice; our reference goes along as a note."""
        outcome = self._client.post(
            "/refund",
            {
                "transaction": order.payment_reference,
                "amount": order.amount.amount_minor,
                "currency": order.amount.currency.code,
                "merchant_note": order.reference,
            },
        )
        match outcome:
            case Done(value=dict(data)):
                report = answers.refund_of(data)
                return Done(report) if report else _ODD
            case Done():
                return _ODD
            case Refused(code=code, message=message) if answers.says_not_found(code, message):
                return Refused(NOT_FOUND, message)
            case _:
                return outcome

    def verify_refund(self, order: RefundOrder) -> Outcome[RefundReport]:
        """Look for our note among the refunds of the payment, which their list names by number."""
        payment = self._transaction(order.payment_reference)
        if not isinstance(payment, Done):
            return payment
        number = payment.value.get("id")
        outcome = lists.rows(self._client, "/refund", {"transaction": number})
        if not isinstance(outcome, Done):
            return outcome
        for row in outcome.value:
            if row.get("merchant_note") == order.reference:
                report = answers.refund_of(row)
                return Done(report) if report else _ODD
        return Refused(NOT_FOUND, "No refund has this note.")

    def resolve_account(self, account: BankAccount) -> Outcome[BankAccount]:
        query = urlencode({"account_number": account.number, "bank_code": account.bank_code})
        outcome = self._client.get(f"/bank/resolve?{query}")
        match outcome:
            case Done(value={"account_name": str(name)}) if name:
                resolved = BankAccount(account.number, account.bank_code, account.currency, name)
                return Done(resolved)
            case Done():
                return _ODD
            case Refused(message=message) if "could not resolve" in message.lower():
                return Refused(NOT_FOUND, message)
            case _:
                return outcome

    def create_beneficiary(self, account: BankAccount, *, key: str) -> Outcome[BeneficiaryCode]:
        """They know an account that they were told of before, and need no key."""
        outcome = self._client.post(
            "/transferrecipient",
            {
                "type": _RECIPIENT_TYPES.get(account.currency, "nuban"),
                "name": account.name,
                "account_number": account.number,
                "bank_code": account.bank_code,
                "currency": account.currency,
            },
        )
        match outcome:
            case Done(value={"recipient_code": str(code)}) if code:
                return Done(BeneficiaryCode(code))
            case Done():
                return _ODD
            case _:
                return outcome

    def send_payout(self, order: PayoutOrder) -> Outcome[PayoutReport]:
        outcome = self._client.post(
            "/transfer",
            {
                "source": "balance",
                "amount": order.amount.amount_minor,
                "currency": order.amount.currency.code,
                "recipient": order.beneficiary.code,
                "reference": order.reference,
                "reason": order.reason,
            },
        )
        match outcome:
            case Refused(code="duplicate_transfer_reference", message=message):
                return Refused(DUPLICATE_REFERENCE, message)
            case Refused(message=message) if "reference already exists" in message.lower():
                return Refused(DUPLICATE_REFERENCE, message)
            case Refused(message=message) if "balance is not enough" in message.lower():
                return Refused(BALANCE_TOO_LOW, message)
            case _:
                return _payout(outcome, order.reference)

    def verify_payout(self, reference: str) -> Outcome[PayoutReport]:
        outcome = self._client.get(f"/transfer/verify/{quote(reference, safe='')}")
        match outcome:
            case Refused(message=message) if "transfer not found" in message.lower():
                return Refused(NOT_FOUND, message)
            case _:
                return _payout(outcome, reference)

    def cancel_payout(self, reference: str) -> Outcome[PayoutReport]:
        return Refused(NOT_SUPPORTED, "Paystack stops no transfer that it has taken.")

    def balances(self) -> Outcome[tuple[Balance, ...]]:
        outcome = self._client.get("/balance")
        match outcome:
            case Done(value=[*rows]):
                found = [_balance(row) for row in rows]
                return Done(tuple(row for row in found if row)) if all(found) else _ODD
            case Done():
                return _ODD
            case _:
                return outcome

    def list_settlements(
        self, *, since: datetime, until: datetime
    ) -> Outcome[tuple[SettlementLine, ...]]:
        return lists.settlements(self._client, since=since, until=until)

    def parse_webhook(
        self, body: bytes, headers: Mapping[str, str], *, now: datetime
    ) -> Outcome[WebhookEvent]:
        # They sign no time.
        given = headers.get(signature.HEADER, "")
        if not signature.is_valid(body=body, signature=given, secret_key=self._secret_key):
            return Refused(SIGNATURE_NOT_VALID)
        return Done(event_of(body))

    def _transaction(self, reference: str) -> Outcome[dict[str, Any]]:
        outcome = self._client.get(f"/transaction/verify/{quote(reference, safe='')}")
        match outcome:
            case Done(value=dict(data)) if data.get("reference") == reference:
                return Done(data)
            case Done():
                return _ODD
            case Refused(code=code, message=message) if answers.says_not_found(code, message):
                return Refused(NOT_FOUND, message)
            case _:
                return outcome


def _payout(outcome: Outcome[Any], reference: str) -> Outcome[PayoutReport]:
    match outcome:
        case Done(value=dict(data)) if data.get("reference") == reference:
            report = answers.payout_of(data)
            return Done(report) if report else _ODD
        case Done():
            return _ODD
        case _:
            return outcome


def _balance(row: object) -> Balance | None:
    match row:
        case {"currency": str(currency), "balance": int(amount)}:
            return Balance(currency.upper(), amount)
        case _:
            return None
