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


class DepositNotPaid(PaymentRefusal):
    """Only what was paid in can be given back."""

    code = "deposit_not_completed"

    def __init__(self, reference: str) -> None:
        super().__init__(f"{reference} was not paid.")


class RefundTooLarge(PaymentRefusal):
    """It would be more than was paid and is not given back already."""

    code = "refund_too_large"

    def __init__(self, left: object) -> None:
        super().__init__(f"There is {left} left of this deposit to give back.")


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


class BeneficiaryNotFound(PaymentRefusal):
    """No beneficiary of this person has this id, or it was removed."""

    code = "not_found"

    def __init__(self) -> None:
        super().__init__("There is no such beneficiary.")


class AccountNotFound(PaymentRefusal):
    """The bank has no account of this number, as the provider says."""

    code = "account_not_found"

    def __init__(self) -> None:
        super().__init__("This bank has no account with this number.")


class HolderNotKnown(PaymentRefusal):
    """Nobody can say whose account it is, and the request does not either."""

    code = "name_required"
    field = "name"

    def __init__(self) -> None:
        super().__init__("The provider does not tell the holder's name: give it.")


class BeneficiaryRefused(PaymentRefusal):
    """The provider does not pay out to this account."""

    code = "beneficiary_refused"

    def __init__(self, provider: str, reason: str) -> None:
        super().__init__(f"{provider} does not pay out to this account.")
        self.reason = reason


class TooManyBeneficiaries(PaymentRefusal):
    """A person keeps no more beneficiaries than this."""

    code = "too_many_beneficiaries"

    def __init__(self, most: int) -> None:
        super().__init__(f"You may keep {most} beneficiaries. Remove one first.")


class PayoutsNotSupported(PaymentRefusal):
    """The provider pays nothing out in this currency."""

    code = "currency_not_supported"

    def __init__(self, provider: str, currency: str) -> None:
        super().__init__(f"{provider} pays nothing out in {currency}.")


class OtherProvider(PaymentRefusal):
    """A beneficiary is known to one provider, and only that one pays out to it."""

    code = "provider_mismatch"

    def __init__(self, provider: str) -> None:
        super().__init__(f"This beneficiary is known to {provider}.")


class PayoutNotFound(PaymentRefusal):
    """No payout of this person has this reference."""

    code = "not_found"

    def __init__(self) -> None:
        super().__init__("There is no such payout.")


class PayoutNotPending(PaymentRefusal):
    """What was sent, or has ended, is neither cancelled nor decided any more."""

    code = "payout_not_pending"

    def __init__(self, reference: str, status: str) -> None:
        super().__init__(f"{reference} is {status}.")


class PayoutNotUnknown(PaymentRefusal):
    """People say how a payout ended only while its provider does not."""

    code = "payout_not_unknown"

    def __init__(self, reference: str) -> None:
        super().__init__(f"{reference} does not wait for people to say how it ended.")


class TableNotValid(PaymentRefusal):
    """What was sent is no table of payouts."""

    code = "table_not_valid"
    field = "csv"


class VoteNotYours(PaymentRefusal):
    """Whose money it is does not decide about it, and nobody decides twice."""

    code = "second_person_needed"

    def __init__(self, sentence: str = "Another person has to decide this.") -> None:
        super().__init__(sentence)


class DeliveryOpen(PaymentRefusal):
    """An event that waits to be applied needs no replay."""

    code = "state_conflict"

    def __init__(self) -> None:
        super().__init__("This event waits to be applied already.")


class NotBroken(PaymentRefusal):
    """Only a difference is resolved, and only while it is the one that was looked at."""

    code = "state_conflict"

    def __init__(self, key: str) -> None:
        super().__init__(f"{key} has no such difference any more. Compare again.")


class ProposalOpen(PaymentRefusal):
    """One proposal about a break is decided before another is made."""

    code = "state_conflict"

    def __init__(self, key: str) -> None:
        super().__init__(f"Somebody has proposed already how {key} is resolved.")


class NoProposal(PaymentRefusal):
    """There is nothing about this break to decide."""

    code = "state_conflict"

    def __init__(self, key: str) -> None:
        super().__init__(f"Nobody has proposed how {key} is resolved.")
