"""Messages that come along with a voucher, and what they must agree with."""

from __future__ import annotations

from dataclasses import dataclass

from offline import queries
from offline.codes import Code
from offline.errors import ItemRefused
from offline.messages import (
    BadSignature,
    Jws,
    PublicKey,
    Receipt,
    Request,
    Settlement,
    Signed,
    StaticRequest,
    Voucher,
    read,
)


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a batch, as it was sent."""

    voucher: object
    request: object = None
    receipt: object = None


def known_request(text: str) -> Signed[Request] | Signed[StaticRequest]:
    """Return a request that the payee's device, or the issuer for it, did sign.

    Raises `Malformed`, `BadSignature`, and `ItemRefused` for a device that nobody knows.
    """
    if Jws.read(text).typ == StaticRequest.TYP:
        printed = read(StaticRequest, text)
        printed.verify(_issuer(printed.kid))
        return printed
    request = read(Request, text)
    request.verify(_signer(request.kid, request.body.device, request.body.wallet))
    return request


def proven_receipt(text: object) -> Signed[Receipt] | Signed[Settlement]:
    """Return a receipt that its signer did sign: the issuer, or a device that is active.

    Raises `Malformed`, `BadSignature`.
    """
    if Jws.read(text).typ == Settlement.TYP:
        settlement = read(Settlement, text)
        settlement.verify(_issuer(settlement.kid))
        return settlement
    receipt = read(Receipt, text)
    device = queries.find_device(receipt.body.payee_device)
    if (
        device is None
        or not device.is_active
        or (device.wallet.number, device.wallet.currency)
        != (receipt.body.payee, receipt.body.currency)
    ):
        raise BadSignature("The receipt names no device that is known to be good.")
    receipt.verify(queries.public_key(device.modulus))
    return receipt


def checked_request(text: object, voucher: Signed[Voucher]) -> str:
    """Return the request that a voucher answers; empty when none was sent.

    Raises `ItemRefused` for one that it does not answer, `Malformed`, `BadSignature`.
    """
    if text is None:
        return ""
    jws = Jws.read(text)
    if jws.typ == StaticRequest.TYP:
        return _static(read(StaticRequest, text), voucher)
    return _single(read(Request, text), voucher)


def checked_receipt(text: object, voucher: Signed[Voucher]) -> Signed[Receipt] | None:
    """Return the payee's receipt for a voucher, if one was sent; raises as above."""
    if text is None:
        return None
    receipt = read(Receipt, text)
    body, paid = receipt.body, voucher.body
    device = queries.find_device(body.payee_device)
    if device is None or device.wallet.number != paid.payee:
        raise ItemRefused(Code.KEY_MISMATCH)
    receipt.verify(queries.public_key(device.modulus))
    agrees = (
        body.voucher_vid == voucher.vid
        and body.request_id == paid.request_id
        and (body.payer, body.payee) == (paid.payer, paid.payee)
        and body.payee_device == paid.payee_device
        and (body.amount_minor, body.currency) == (paid.amount_minor, paid.currency)
    )
    if not agrees:
        raise ItemRefused(Code.REQUEST_MISMATCH)
    return receipt


def _single(request: Signed[Request], voucher: Signed[Voucher]) -> str:
    body, paid = request.body, voucher.body
    request.verify(_signer(request.kid, body.device, paid.payee))
    agrees = (
        request.vid == paid.request_vid
        and body.request_id == paid.request_id
        and (body.wallet, body.currency) == (paid.payee, paid.currency)
        and body.device == paid.payee_device
        and body.amount_minor in (None, paid.amount_minor)
    )
    if not agrees:
        raise ItemRefused(Code.REQUEST_MISMATCH)
    return request.text


def _static(request: Signed[StaticRequest], voucher: Signed[Voucher]) -> str:
    body, paid = request.body, voucher.body
    request.verify(_issuer(request.kid))
    agrees = (
        request.vid == paid.request_vid
        and (body.wallet, body.currency) == (paid.payee, paid.currency)
        and body.device == paid.payee_device
    )
    if not agrees:
        raise ItemRefused(Code.REQUEST_MISMATCH)
    return request.text


def _signer(kid: str, did: str, payee: str) -> PublicKey:
    """The key of the payee's device, or the issuer's on its behalf."""
    if kid != did:
        return _issuer(kid)
    device = queries.find_device(did)
    if device is None or device.wallet.number != payee:
        raise ItemRefused(Code.KEY_MISMATCH)
    return queries.public_key(device.modulus)


def _issuer(kid: str) -> PublicKey:
    key = queries.issuer_public_key(kid)
    if key is None:
        raise BadSignature("The message names no key of the issuer.")
    return key
