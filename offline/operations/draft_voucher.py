from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from offline import queries
from offline.errors import CertificateNotFound
from offline.messages import Request, StaticRequest, base64url, strict_json
from offline.messages import Voucher as VoucherMessage
from offline.models import Certificate


@dataclass(frozen=True, slots=True)
class Draft:
    """What a device has to sign, and where it stands in its certificate as far as we know."""

    signing_input: str
    body: VoucherMessage


def draft_voucher(
    *,
    owner_id: UUID,
    request: Request | StaticRequest,
    request_vid: str,
    amount_minor: int,
    now: datetime,
) -> Draft:
    """Write the next voucher of somebody's open certificate, unsigned. Nothing is kept.

    Vouchers that have not reached us are unknown here: only the device knows its counter for
    sure. Raises `CertificateNotFound` without an open certificate in the request's currency.
    """
    certificate = _open_certificate(owner_id, request.currency, now)
    last = queries.spent_so_far(certificate)
    body = VoucherMessage(
        certificate_id=certificate.jti,
        counter=last.counter + 1 if last else 1,
        previous=last.vid if last else certificate.vid,
        nonce=base64url.encode(secrets.token_bytes(16)),
        amount_minor=amount_minor,
        cumulative_minor=(last.cumulative_minor if last else 0) + amount_minor,
        currency=request.currency,
        payer=certificate.wallet.number,
        payer_device=certificate.device_id,
        payee=request.wallet,
        payee_device=request.device,
        request_id=(
            request.request_id
            if isinstance(request, Request)
            else base64url.encode(secrets.token_bytes(16))
        ),
        request_vid=request_vid,
        issued_at=int(now.timestamp()),
    )
    return Draft(_signing_input(body), body)


def _open_certificate(owner_id: UUID, currency: str, now: datetime) -> Certificate:
    found = (
        queries.certificates_of(owner_id)
        .filter(currency=currency, status="issued", expires_at__gt=now, authorised_minor__gt=0)
        .first()
    )
    if found is None:
        raise CertificateNotFound("There is no open certificate to pay with in this currency.")
    return found


def _signing_input(body: VoucherMessage) -> str:
    header = {"alg": "PS256", "kid": body.payer_device, "typ": body.TYP}
    return ".".join(
        base64url.encode(strict_json.write(part)) for part in (header, body.to_members())
    )
