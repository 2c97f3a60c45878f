"""Every refusal of payments. Read this file to learn the rules."""

from __future__ import annotations


class PaymentRefusal(Exception):
    """Payments said no, and no money moved."""

    code = "payment_refusal"


class UnknownProvider(PaymentRefusal):
    """There is no provider of this name here."""

    code = "unknown_provider"

    def __init__(self, name: object) -> None:
        super().__init__(f"{str(name)[:40]!r} is not a payment provider of this installation.")


class CurrencyNotSupported(PaymentRefusal):
    """The provider takes no payments in the wallet's currency."""

    code = "currency_not_supported"

    def __init__(self, provider: str, currency: str) -> None:
        super().__init__(f"{provider} takes no payments in {currency}.")


class ProviderUnavailable(PaymentRefusal):
    """The provider refused or could not be reached, so there is nothing that could be paid.

    Nothing was charged. The same request may be sent again with the same key.
    """

    code = "provider_unavailable"

    def __init__(self, provider: str, reason: str) -> None:
        super().__init__(f"{provider} cannot take payments at the moment.")
        self.reason = reason


class DepositNotFound(PaymentRefusal):
    """No deposit of this person has this reference."""

    code = "not_found"

    def __init__(self) -> None:
        super().__init__("There is no such deposit.")


class DepositClosed(PaymentRefusal):
    """The request was sent again after its deposit had ended without a checkout."""

    code = "state_conflict"

    def __init__(self, reference: str) -> None:
        super().__init__(f"{reference} ended before its checkout could be opened. Start another.")


class RequestKeyTaken(PaymentRefusal):
    """The request's key already belongs to a deposit with other terms."""

    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__("This key was used for another deposit.")


class SignatureNotValid(PaymentRefusal):
    """The message was not signed by the provider that it claims to be from."""

    code = "signature_not_valid"

    def __init__(self) -> None:
        super().__init__("The signature does not belong to this body.")


class WebhookTooLarge(PaymentRefusal):
    """The body is longer than any message of a provider."""

    code = "body_too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"A webhook has at most {limit} bytes.")
