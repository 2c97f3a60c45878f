"""What is asked of Stripe, in the form fields of its API."""

from __future__ import annotations

from payments.providers.base import BankAccount, CheckoutRequest, PayoutOrder, RefundOrder

# Where a connected account that takes a currency is at home.
COUNTRIES = {"USD": "US", "GBP": "GB"}

Form = dict[str, object]


def checkout(request: CheckoutRequest) -> Form:
    """One line of one price. The reference goes along on the session and on the payment."""
    item = "line_items[0]"
    return {
        "mode": "payment",
        f"{item}[quantity]": 1,
        f"{item}[price_data][currency]": request.amount.currency.code.lower(),
        f"{item}[price_data][unit_amount]": request.amount.amount_minor,
        f"{item}[price_data][product_data][name]": "Deposit",
        "success_url": request.return_url,
        "cancel_url": request.return_url,
        "client_reference_id": request.reference,
        "customer_email": request.payer_email,
        "metadata[reference]": request.reference,
        "payment_intent_data[metadata][reference]": request.reference,
    }


def refund(order: RefundOrder, intent: str) -> Form:
    """Some of a payment. Events about a refund say only what its metadata says."""
    return {
        "payment_intent": intent,
        "amount": order.amount.amount_minor,
        "metadata[reference]": order.reference,
        "metadata[payment]": order.payment_reference,
    }


def account(account: BankAccount) -> Form:
    """A connected account that may receive transfers, with the bank account as its own."""
    bank = "external_account"
    return {
        "type": "custom",
        "country": COUNTRIES[account.currency],
        "capabilities[transfers][requested]": "true",
        f"{bank}[object]": "bank_account",
        f"{bank}[country]": COUNTRIES[account.currency],
        f"{bank}[currency]": account.currency.lower(),
        f"{bank}[account_number]": account.number,
        f"{bank}[routing_number]": account.bank_code,
        f"{bank}[account_holder_name]": account.name,
    }


def transfer(order: PayoutOrder) -> Form:
    """Money to a connected account, found again by its group."""
    return {
        "amount": order.amount.amount_minor,
        "currency": order.amount.currency.code.lower(),
        "destination": order.beneficiary.code,
        "transfer_group": order.reference,
        "description": order.reason,
        "metadata[reference]": order.reference,
    }
