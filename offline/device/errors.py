"""Every refusal of a device. Read this file to learn what it checks before money changes hands."""

from __future__ import annotations


class DeviceRefusal(Exception):
    """The device said no, and remembers nothing of it. `code` is stable."""

    code = "device_refusal"
    sentence = "This is not possible on this device."

    def __init__(self, sentence: str | None = None) -> None:
        super().__init__(sentence or self.sentence)


class WalletMissing(DeviceRefusal):
    """There is no wallet file here."""

    code = "wallet_missing"
    sentence = "There is no wallet file here. Begin with: enrol"


class WalletPresent(DeviceRefusal):
    """A wallet file holds the only copy of its key: none is written over."""

    code = "wallet_present"
    sentence = "There is a wallet file here already. Choose another name for the new one."


class WalletBusy(DeviceRefusal):
    """Two programs with one wallet file would use one counter twice."""

    code = "wallet_busy"
    sentence = "Another program has this wallet open."


class WalletBroken(DeviceRefusal):
    """What the file holds is not a wallet of this kit, or was changed."""

    code = "wallet_broken"
    sentence = "This is not a wallet file, or it was damaged."


class WrongPin(DeviceRefusal):
    """The PIN does not open the file (or a byte of it was changed)."""

    code = "wrong_pin"
    sentence = "This PIN does not open the wallet."


class UnexpectedMessage(DeviceRefusal):
    """Well-formed, and not what is wanted at this point."""

    code = "unexpected_message"
    sentence = "This is another kind of message than the one wanted here."


class InvalidAmount(DeviceRefusal):
    """Not a plain decimal above zero with the currency's decimals."""

    code = "invalid_amount"
    sentence = "An amount is a number above zero such as 500.00."


class AmountMissing(DeviceRefusal):
    """The request names no amount, so the payer does."""

    code = "amount_missing"
    sentence = "The request names no amount: say how much to pay."


class AmountDiffers(DeviceRefusal):
    """The request names an amount, and it is another one."""

    code = "amount_differs"
    sentence = "The request asks for another amount."


class UntrustedIssuer(DeviceRefusal):
    """Signed by nobody whom this device knows from its enrolment."""

    code = "untrusted_issuer"
    sentence = "This was not issued by this wallet's own server."


class NotTheirs(DeviceRefusal):
    """The message and the certificate shown with it belong to different devices or wallets."""

    code = "not_theirs"
    sentence = "The message does not belong to the certificate shown with it."


class OutsideValidity(DeviceRefusal):
    """Too early or too late by this device's clock."""

    code = "outside_validity"
    sentence = "This is not valid now. Is the clock right?"


class CurrencyDiffers(DeviceRefusal):
    """A payment has one currency."""

    code = "currency_differs"
    sentence = "This is in another currency than this wallet."


class OwnWallet(DeviceRefusal):
    """A wallet does not pay itself."""

    code = "own_wallet"
    sentence = "Payer and payee are the same wallet."


class AlreadyPaid(DeviceRefusal):
    """A request is paid once. The voucher may be shown again."""

    code = "already_paid"
    sentence = "This request was paid already. Show that payment again with: show"


class NoCertificate(DeviceRefusal):
    """No certificate that pays, or none any more."""

    code = "no_certificate"
    sentence = "There is no certificate that can pay now. Go online and: load"


class OverLimit(DeviceRefusal):
    """More than the certificate allows: for one voucher, in all, or in number."""

    code = "over_limit"
    sentence = "This is more than the certificate allows."


class DeviceRevoked(DeviceRefusal):
    """The other device is on the revocation list."""

    code = "device_revoked"
    sentence = "The other device was revoked. Do not hand over anything."


class RevocationsOld(DeviceRefusal):
    """The revocation list is too old to accept this amount."""

    code = "revocations_old"
    sentence = "The revocation list is too old for this payment. Go online and: sync"


class NotMyRequest(DeviceRefusal):
    """The voucher answers no request of this device, or makes something else of one."""

    code = "not_my_request"
    sentence = "This payment does not answer a request of this device."


class RequestUsed(DeviceRefusal):
    """Another voucher has paid this request."""

    code = "request_used"
    sentence = "Another payment has answered this request already."


class DoubleSpend(DeviceRefusal):
    """Another voucher with this counter was accepted before: the payer's device cheats."""

    code = "double_spend"
    sentence = "The payer's device has used this counter before. Do not hand over anything."


class ReceivedTooMuch(DeviceRefusal):
    """Too much is waiting to be settled."""

    code = "received_too_much"
    sentence = "This device has received all that it may before it is online again: sync"


class UnknownPayment(DeviceRefusal):
    """No payment of this device fits."""

    code = "unknown_payment"
    sentence = "This device knows no such payment."


class NotAsked(DeviceRefusal):
    """A question to a person, who said no or is not there."""

    code = "not_asked"
    sentence = "Nobody agreed to this."


class ServerAway(DeviceRefusal):
    """The server cannot be reached, or answers what no server of this protocol does."""

    code = "server_away"
    sentence = "The server cannot be reached."


class ServerRefused(DeviceRefusal):
    """The server said no. `code` and the sentence are its own.

    `final`: the same again would be refused again, and nothing was done.
    """

    def __init__(self, *, code: str, sentence: str, final: bool = False) -> None:
        super().__init__(sentence)
        self.code = code
        self.final = final
