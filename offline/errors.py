"""Every refusal of offline payments. Read this file to learn their rules."""

from __future__ import annotations


class OfflineRefusal(Exception):
    """A rule about offline payments said no, and nothing was changed.

    `code` is stable; `sentence` is what the client is told. Devices know the codes of those that
    are named, whatever the status.
    """

    is_named = False
    code = "offline_refusal"
    sentence = "This is not possible with offline payments."

    def __init__(self, sentence: str | None = None) -> None:
        super().__init__(sentence or self.sentence)


class DeviceNotFound(OfflineRefusal):
    """No such device, or none of the caller's."""

    code = "not_found"
    sentence = "There is no such device."


class CertificateNotFound(OfflineRefusal):
    """No such certificate, or none of the caller's."""

    code = "not_found"
    sentence = "There is no such certificate."


class TransactionNotFound(OfflineRefusal):
    """No such offline payment, or none that the caller took part in."""

    code = "not_found"
    sentence = "There is no such offline payment."


class CaseNotFound(OfflineRefusal):
    """No such case."""

    code = "not_found"
    sentence = "There is no such case."


class WalletNotOffline(OfflineRefusal):
    """Devices pay out of, and receive into, a wallet of the kind `offline`."""

    code = "wallet_not_offline"
    sentence = "This needs a wallet of the kind offline."


class ChallengeNotValid(OfflineRefusal):
    """A challenge is good once, for five minutes, for the person and wallet it was made for."""

    code = "challenge_not_valid"
    sentence = "Ask for a new challenge and sign that one."


class ProofNotValid(OfflineRefusal):
    """The proof of possession is for another place, wallet, key or time."""

    code = "proof_not_valid"
    sentence = "The proof of possession does not fit this request."


class DeviceKnown(OfflineRefusal):
    """A key is registered once, by anybody."""

    is_named = True
    code = "device_known"
    sentence = "This key is registered already. Make a new one."


class DeviceActive(OfflineRefusal):
    """A wallet has one active device: revoke it before another one is enrolled."""

    is_named = True
    code = "device_active"
    sentence = "This wallet has an active device. Revoke it first."


class DeviceNotActive(OfflineRefusal):
    """A revoked device gets no certificate."""

    code = "device_not_active"
    sentence = "This device was revoked."


class CertificateActive(OfflineRefusal):
    """A wallet has one certificate at a time that may still pay."""

    is_named = True
    code = "certificate_active"
    sentence = "This wallet has a certificate that is still good. Close it first, or let it expire."


class CertificateFinal(OfflineRefusal):
    """A certificate is closed once, while its device is active and nothing was given back."""

    code = "certificate_final"
    sentence = "This certificate has ended."


class ClosingNotValid(OfflineRefusal):
    """The closing statement is of another certificate, or beyond what it allows."""

    code = "closing_not_valid"
    sentence = "The closing statement does not fit this certificate."


class LimitExceeded(OfflineRefusal):
    """More than a certificate, or a day's certificates, may hold."""

    code = "limit_exceeded"
    sentence = "This is more than offline payments may hold."


class NotThePayee(OfflineRefusal):
    """Only who is paid can confirm a payment."""

    code = "permission_denied"
    sentence = "Only the payee can confirm this payment."


class TransactionFinal(OfflineRefusal):
    """The payment was refused or given back, and stays so."""

    code = "transaction_final"
    sentence = "This payment has ended otherwise."


class DisputeExists(OfflineRefusal):
    """Each party has one open dispute about a payment at most."""

    code = "dispute_exists"
    sentence = "Your dispute about this payment is being looked at."


class CaseClosed(OfflineRefusal):
    """A closed case takes no more decisions, and one with unpaid vouchers is not closed."""

    code = "case_closed"
    sentence = "The state of this case does not allow this."


class DecisionNeedsTwo(OfflineRefusal):
    """Whoever proposes a decision does not approve it."""

    code = "decision_needs_two"
    sentence = "Somebody else must approve this decision."


class KeyHeldByDevice(OfflineRefusal):
    """Private keys are made by devices and stay there."""

    is_named = True
    code = "key_held_by_device"
    sentence = "The private key was made by the device and has never been here."


class KeyExportEnded(OfflineRefusal):
    """A key that was made here is given out until it is acknowledged, for ten minutes at most."""

    is_named = True
    code = "key_export_ended"
    sentence = "This key was given out before, and is not here any more."


class BatchTooLarge(OfflineRefusal):
    """At most 100 items and 512 KiB at once; none was looked at."""

    code = "batch_too_large"
    sentence = "At most 100 items and 512 KiB at once."


class AllowanceUsedUp(OfflineRefusal):
    """Too much in too short a time. `retry_after` is in seconds."""

    code = "throttled"
    sentence = "Too many requests of this kind. Try again later."

    def __init__(self, *, retry_after: int) -> None:
        super().__init__()
        self.retry_after = retry_after


class ItemRefused(OfflineRefusal):
    """One item of a batch was not taken, and leaves no trace. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(f"The item was refused: {code}.")
        self.code = code
