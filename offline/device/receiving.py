"""The payee's half: ask for money, check what comes, and sign for it once it is kept."""

from __future__ import annotations

import os

from offline.device import trust
from offline.device.errors import (
    DoubleSpend,
    InvalidAmount,
    NoCertificate,
    NotMyRequest,
    NotTheirs,
    OutsideValidity,
    OverLimit,
    OwnWallet,
    ReceivedTooMuch,
    RequestUsed,
    UnexpectedMessage,
)
from offline.device.paying import LONGEST_REQUEST_SECONDS
from offline.device.stores import Store
from offline.device.wallet import Income, Wallet
from offline.messages import (
    Certificate,
    Jws,
    Receipt,
    Request,
    Signed,
    StaticRequest,
    Voucher,
    base64url,
    bundles,
    read,
    sign,
)

# What a device takes before it must be online again: major units, and vouchers.
MOST_UNSETTLED = 20_000
MOST_VOUCHERS = 50


def ask(store: Store, *, now: int, amount_minor: int | None = None, memo: str = "") -> list[str]:
    """Make a request for once and remember it; return it with this device's certificate.

    Without an amount the payer names it. Raises `NoCertificate`, `InvalidAmount`, and
    `Malformed` for a memo that is none.
    """
    wallet = store.load()
    if amount_minor is not None and amount_minor < 1:
        raise InvalidAmount
    shown = wallet.newest
    if shown is None or now > shown.certificate.expires_at:
        raise NoCertificate("This device has no certificate to show. Go online and: load 0")
    request = sign(
        Request(
            request_id=base64url.encode(os.urandom(16)),
            wallet=wallet.number,
            device=wallet.device,
            amount_minor=amount_minor,
            currency=wallet.currency,
            issued_at=now,
            expires_at=now + LONGEST_REQUEST_SECONDS,
            memo=memo or None,
        ),
        wallet.key,
    )
    wallet.requests = [each for each in wallet.requests if not _long_gone(each, now)]
    wallet.requests.append(request.text)
    store.save(wallet)
    return [request.text, shown.text]


def adopt(store: Store, text: str) -> Signed[Request] | Signed[StaticRequest]:
    """Remember a request that the issuer made for this device, so that it can be answered.

    Raises `UnexpectedMessage`, `NotTheirs`, `UntrustedIssuer`, `MessageRefusal`.
    """
    wallet = store.load()
    message = bundles.from_any(text)[0]
    kind = Jws.read(message).typ
    if kind not in {Request.TYP, StaticRequest.TYP}:
        raise UnexpectedMessage("This is no payment request.")
    request = _issued_request(message, wallet=wallet)
    if (request.body.wallet, request.body.device) != (wallet.number, wallet.device):
        raise NotTheirs("This request was not made for this device.")
    if request.text not in wallet.requests:
        wallet.requests.append(request.text)
        store.save(wallet)
    return request


def inspect(text: str, *, wallet: Wallet, now: int) -> tuple[Signed[Voucher], Certificate]:
    """Check a voucher as the protocol's R5 to R13 want it, and change nothing.

    Return it with the payer's certificate: where the request named no amount, or the code is a
    printed one, show name and amount to whoever is paid, and ask. Raises `DeviceRefusal` and
    `MessageRefusal`.
    """
    messages = bundles.from_any(text)
    if trust.typ_of(messages) != Voucher.TYP:
        raise UnexpectedMessage("This is no payment.")
    voucher = read(Voucher, messages[0])
    certificate = trust.certified(trust.companion(messages, of="payment"), wallet=wallet)
    body = voucher.verify(certificate.key)
    _refuse_foreign(body, certificate)
    _refuse_wrong_answer(body, wallet=wallet)
    _refuse_over(body, certificate)
    trust.refuse_outside(certificate.not_before, certificate.expires_at, now=body.issued_at)
    if abs(body.issued_at - now) > trust.CLOCK_SECONDS:
        raise OutsideValidity("The clocks of the two devices differ by more than 15 minutes.")
    trust.refuse_stale_list(
        certificate,
        amount_minor=body.amount_minor,
        cumulative_minor=body.cumulative_minor,
        wallet=wallet,
        now=now,
    )
    _refuse_seen(voucher, wallet=wallet)
    _refuse_too_much(body, certificate, wallet=wallet)
    return voucher, certificate


def accepted(text: str, *, wallet: Wallet) -> Income | None:
    """Return what this device knows of a voucher that it accepted before, receipt and all."""
    vid = read(Voucher, bundles.from_any(text)[0]).vid
    return next((income for income in wallet.incomes if income.signed.vid == vid), None)


def receive(store: Store, text: str, *, now: int) -> Income:
    """Accept a voucher. It and its receipt are in storage when this returns.

    One that was accepted before gives its first receipt again. Raises what `inspect` does.
    """
    wallet = store.load()
    if known := accepted(text, wallet=wallet):
        return known
    voucher, _ = inspect(text, wallet=wallet, now=now)

    body = voucher.body
    receipt = sign(
        Receipt(
            voucher_vid=voucher.vid,
            request_id=body.request_id,
            payer=body.payer,
            payee=body.payee,
            payee_device=body.payee_device,
            amount_minor=body.amount_minor,
            currency=body.currency,
            issued_at=now,
        ),
        wallet.key,
    )
    income = Income(
        voucher=voucher.text,
        certificate=bundles.from_any(text)[1],
        request=own_request(body, wallet=wallet).text,
        receipt=receipt.text,
    )
    wallet.incomes.append(income)
    store.save(wallet)
    return income


def receipt_messages(income: Income, *, wallet: Wallet) -> list[str]:
    """Return a receipt to show: with this device's certificate where the payer has not seen it."""
    if Jws.read(income.request).kid == wallet.device or wallet.newest is None:
        return [income.receipt]
    return [income.receipt, wallet.newest.text]


def own_request(voucher: Voucher, *, wallet: Wallet) -> Signed[Request] | Signed[StaticRequest]:
    """Return this device's request that a voucher answers; raises `NotMyRequest`."""
    for text in reversed(wallet.requests):
        if Jws.read(text).vid == voucher.request_vid:
            if Jws.read(text).typ == StaticRequest.TYP:
                return read(StaticRequest, text)
            return read(Request, text)
    raise NotMyRequest


def needs_a_look(request: Signed[Request] | Signed[StaticRequest]) -> bool:
    """Whether only the payee can say that the amount is right: the request names none."""
    return not isinstance(request.body, Request) or request.body.amount_minor is None


def _long_gone(request: str, now: int) -> bool:
    """No voucher can answer it any more, whatever the payer's clock says."""
    if Jws.read(request).typ == StaticRequest.TYP:
        return False
    return read(Request, request).body.expires_at + 3 * trust.CLOCK_SECONDS < now


def _issued_request(text: str, *, wallet: Wallet) -> Signed[Request] | Signed[StaticRequest]:
    if Jws.read(text).typ == StaticRequest.TYP:
        return trust.issued(StaticRequest, text, wallet=wallet)
    return trust.issued(Request, text, wallet=wallet)


def _refuse_foreign(body: Voucher, certificate: Certificate) -> None:
    """R6 and R7: the voucher is the certificate's own."""
    said = (body.certificate_id, body.payer, body.payer_device, body.currency)
    meant = (
        certificate.certificate_id,
        certificate.wallet,
        certificate.device,
        certificate.currency,
    )
    if said != meant:
        raise NotTheirs


def _refuse_wrong_answer(body: Voucher, *, wallet: Wallet) -> None:
    """R8: the voucher answers our request, as we made it, to us."""
    if (body.payee, body.payee_device) != (wallet.number, wallet.device):
        raise NotMyRequest
    if body.payer == wallet.number:
        raise OwnWallet
    request = own_request(body, wallet=wallet).body
    if isinstance(request, Request):
        if request.request_id != body.request_id:
            raise NotMyRequest
        if request.amount_minor not in {None, body.amount_minor}:
            raise NotMyRequest("This payment is not of the amount that was asked for.")


def _refuse_over(body: Voucher, certificate: Certificate) -> None:
    """R9: the numbers keep the certificate's limits, and hang together."""
    limits = certificate.limits
    if not (
        1 <= body.amount_minor <= limits.voucher_minor
        and body.amount_minor <= body.cumulative_minor <= limits.cumulative_minor
        and 1 <= body.counter <= limits.count
    ):
        raise OverLimit


def _refuse_seen(voucher: Signed[Voucher], *, wallet: Wallet) -> None:
    """R12 and the end of R8: neither the counter nor the request was used by another voucher."""
    body = voucher.body
    for income in wallet.incomes:
        known = income.signed
        if known.vid == voucher.vid:
            continue
        if (known.body.certificate_id, known.body.counter) == (body.certificate_id, body.counter):
            raise DoubleSpend
        if known.body.request_id == body.request_id:
            raise RequestUsed


def _refuse_too_much(body: Voucher, certificate: Certificate, *, wallet: Wallet) -> None:
    """R13: what waits to be settled stays bounded."""
    waiting = wallet.unsettled()
    total = sum(income.signed.body.amount_minor for income in waiting)
    most = MOST_UNSETTLED * 10**certificate.exponent
    if len(waiting) >= MOST_VOUCHERS or total + body.amount_minor > most:
        raise ReceivedTooMuch
