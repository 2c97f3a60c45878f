"""The payer's half: look at a request, pay it once, keep the receipt."""

from __future__ import annotations

import os
from dataclasses import dataclass

from offline.device import trust
from offline.device.errors import (
    AlreadyPaid,
    AmountDiffers,
    AmountMissing,
    CurrencyDiffers,
    InvalidAmount,
    NoCertificate,
    NotTheirs,
    OutsideValidity,
    OverLimit,
    OwnWallet,
    UnexpectedMessage,
    UnknownPayment,
)
from offline.device.stores import Store
from offline.device.wallet import Payment, Spending, Wallet
from offline.messages import (
    Certificate,
    Receipt,
    Request,
    StaticRequest,
    Voucher,
    base64url,
    bundles,
    read,
    sign,
)

LONGEST_REQUEST_SECONDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A request that holds. Show `name` and the amount to whoever pays, and ask."""

    request: str
    request_vid: str
    request_id: str  # empty: the code is printed, and each payment draws its own
    wallet: str
    device: str
    name: str
    amount_minor: int | None
    memo: str
    certificate: str


def consider(text: str, *, wallet: Wallet, now: int) -> Offer:
    """Check a request as the protocol's R1 and R2 want it, and change nothing.

    Raises `DeviceRefusal` and `MessageRefusal`.
    """
    messages = bundles.from_any(text)
    kind = trust.typ_of(messages)
    if kind == StaticRequest.TYP:
        offer = _printed(messages, wallet=wallet, now=now)
    elif kind == Request.TYP:
        offer = _single(messages, wallet=wallet, now=now)
    else:
        raise UnexpectedMessage("This is no payment request.")
    trust.refuse_revoked(offer.device, wallet=wallet)
    if offer.wallet == wallet.number:
        raise OwnWallet
    if offer.request_id and any(
        payment.signed.body.request_id == offer.request_id for payment in wallet.payments
    ):
        raise AlreadyPaid
    return offer


def pay(store: Store, text: str, *, now: int, amount_minor: int | None = None) -> Payment:
    """Pay a request from the newest certificate. The voucher is in storage when this returns.

    `amount_minor` is for requests that name none. Raises what `consider` does, and
    `AmountMissing`, `AmountDiffers`, `InvalidAmount`, `NoCertificate`, `OverLimit`.
    """
    wallet = store.load()
    offer = consider(text, wallet=wallet, now=now)
    amount_minor = _agreed(offer, amount_minor)
    spending = _spendable(wallet, now=now)
    _refuse_over(spending, amount_minor)

    voucher = sign(
        Voucher(
            certificate_id=spending.certificate.certificate_id,
            counter=spending.counter + 1,
            previous=spending.head,
            nonce=base64url.encode(os.urandom(16)),
            amount_minor=amount_minor,
            cumulative_minor=spending.cumulative_minor + amount_minor,
            currency=wallet.currency,
            payer=wallet.number,
            payer_device=wallet.device,
            payee=offer.wallet,
            payee_device=offer.device,
            request_id=offer.request_id or base64url.encode(os.urandom(16)),
            request_vid=offer.request_vid,
            issued_at=now,
        ),
        wallet.key,
    )
    payment = Payment(
        voucher=voucher.text,
        certificate=spending.text,
        request=offer.request,
        payee_name=offer.name,
        payee_certificate=offer.certificate,
    )
    spending.counter = voucher.body.counter
    spending.cumulative_minor = voucher.body.cumulative_minor
    spending.head = voucher.vid
    wallet.payments.append(payment)
    store.save(wallet)
    return payment


def keep_receipt(store: Store, text: str) -> Payment:
    """Keep the payee's receipt with the payment that it is for.

    A printed code comes without the payee's certificate: then it stands beside the receipt.
    Raises `UnexpectedMessage`, `UnknownPayment`, `NotTheirs`, `UntrustedIssuer`,
    `MessageRefusal`.
    """
    wallet = store.load()
    messages = bundles.from_any(text)
    receipt = read(Receipt, messages[0])
    payment = next(
        (each for each in wallet.payments if each.signed.vid == receipt.body.voucher_vid), None
    )
    if payment is None:
        raise UnknownPayment("This receipt is for no payment of this device.")
    shown = payment.payee_certificate or trust.companion(messages, of="receipt")
    payee = trust.issued(Certificate, shown, wallet=wallet).body
    if receipt.verify(payee.key) != _receipt_of(payment, issued_at=receipt.body.issued_at):
        raise NotTheirs("This receipt tells of another payment.")
    if payee.device != receipt.body.payee_device:
        raise NotTheirs

    payment.payee_certificate = shown
    payment.receipt = payment.receipt or receipt.text
    store.save(wallet)
    return payment


def _single(messages: list[str], *, wallet: Wallet, now: int) -> Offer:
    """A request for once, signed by the payee's device or by the issuer on its behalf."""
    request = read(Request, messages[0])
    body = request.body
    by_issuer = request.kid in wallet.issuers
    name, certificate = "", ""
    if not by_issuer or len(messages) > 1:
        certificate = trust.companion(messages, of="request")
        payee = trust.certified(certificate, wallet=wallet)
        trust.refuse_outside(payee.not_before, payee.expires_at, now=now)
        if (payee.device, payee.wallet) != (body.device, body.wallet):
            raise NotTheirs
        name = payee.name
        if not by_issuer:
            request.verify(payee.key)
    if by_issuer:
        trust.issued(Request, request.text, wallet=wallet)
    _refuse_expired(body, wallet=wallet, now=now)
    if body.expires_at - body.issued_at > LONGEST_REQUEST_SECONDS:
        raise OutsideValidity("A request is good for five minutes at most.")
    return Offer(
        request=request.text,
        request_vid=request.vid,
        request_id=body.request_id,
        wallet=body.wallet,
        device=body.device,
        name=name,
        amount_minor=body.amount_minor,
        memo=body.memo or "",
        certificate=certificate,
    )


def _printed(messages: list[str], *, wallet: Wallet, now: int) -> Offer:
    request = trust.issued(StaticRequest, messages[0], wallet=wallet)
    body = request.body
    _refuse_expired(body, wallet=wallet, now=now)
    return Offer(
        request=request.text,
        request_vid=request.vid,
        request_id="",
        wallet=body.wallet,
        device=body.device,
        name=body.name,
        amount_minor=None,
        memo="",
        certificate="",
    )


def _refuse_expired(body: Request | StaticRequest, *, wallet: Wallet, now: int) -> None:
    if body.currency != wallet.currency:
        raise CurrencyDiffers
    trust.refuse_outside(
        body.issued_at - trust.CLOCK_SECONDS, body.expires_at + trust.CLOCK_SECONDS, now=now
    )


def _agreed(offer: Offer, amount_minor: int | None) -> int:
    if offer.amount_minor is not None and amount_minor not in {None, offer.amount_minor}:
        raise AmountDiffers
    agreed = offer.amount_minor if amount_minor is None else amount_minor
    if agreed is None:
        raise AmountMissing
    if agreed < 1:
        raise InvalidAmount
    return agreed


def _spendable(wallet: Wallet, *, now: int) -> Spending:
    newest = wallet.newest
    if newest is None or not newest.pays_at(now):
        raise NoCertificate
    return newest


def _refuse_over(spending: Spending, amount_minor: int) -> None:
    limits = spending.certificate.limits
    if (
        amount_minor > limits.voucher_minor
        or spending.cumulative_minor + amount_minor > limits.cumulative_minor
        or spending.counter >= limits.count
    ):
        raise OverLimit


def _receipt_of(payment: Payment, *, issued_at: int) -> Receipt:
    """What a receipt for this payment says."""
    voucher = payment.signed.body
    return Receipt(
        voucher_vid=payment.signed.vid,
        request_id=voucher.request_id,
        payer=voucher.payer,
        payee=voucher.payee,
        payee_device=voucher.payee_device,
        amount_minor=voucher.amount_minor,
        currency=voucher.currency,
        issued_at=issued_at,
    )
