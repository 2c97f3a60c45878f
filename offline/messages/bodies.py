"""What the messages of the protocol say, member by member. `typ` tells them apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from offline.messages.errors import Malformed
from offline.messages.members import (
    AmountMinor,
    Body,
    CertificateId,
    Currency,
    Device,
    ExpiresAt,
    IssuedAt,
    Issuer,
    Key,
    Name,
    Number,
    Payee,
    PayeeDevice,
    Payer,
    RequestId,
    VoucherVid,
    Wire,
    counting,
    digest,
    identifier,
    identifiers,
    integer,
    one_of,
    positive,
    text,
)

LONGEST_STATIC_SECONDS = 366 * 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a certificate allows: minor units a voucher and in all, and a number of vouchers."""

    voucher_minor: int
    cumulative_minor: int
    count: int

    @classmethod
    def read(cls, value: Any) -> Limits:
        if not isinstance(value, dict) or value.keys() != {"vch", "cum", "cnt"}:
            raise Malformed("Limits are vch, cum and cnt.")
        return cls(
            voucher_minor=counting(value["vch"]),
            cumulative_minor=counting(value["cum"]),
            count=counting(value["cnt"]),
        )

    def members(self) -> dict[str, int]:
        return {"vch": self.voucher_minor, "cum": self.cumulative_minor, "cnt": self.count}


@dataclass(frozen=True, slots=True, kw_only=True)
class Possession(Body):
    """A device proves that it holds the private half of `key`, to one server, for one wallet."""

    TYP: ClassVar[str] = "ofp-pop"

    audience: Annotated[str, Wire("aud", text)]
    challenge: Annotated[str, Wire("cha", digest)]
    wallet: Number
    key: Key
    issued_at: IssuedAt


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate(Body):
    """The issuer vouches for a device: its key, its wallet, and how much it may spend until when.

    After `expires_at` no voucher is made or accepted; after `submit_until` none is settled.
    """

    TYP: ClassVar[str] = "ofp-cert"

    issuer: Issuer
    certificate_id: Annotated[str, Wire("jti", identifier)]
    wallet: Number
    device: Device
    name: Name
    currency: Currency
    exponent: Annotated[int, Wire("dec", counting)]
    key: Key
    not_before: Annotated[int, Wire("nbf", integer)]
    expires_at: ExpiresAt
    submit_until: Annotated[int, Wire("sdl", integer)]
    limits: Annotated[Limits, Wire("lim", Limits.read, Limits.members)]

    def __post_init__(self) -> None:
        if self.key.key_id != self.device:
            raise Malformed("The device's id is not that of its key.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Body):
    """Somebody asks to be paid, once. Without an amount the payer names it."""

    TYP: ClassVar[str] = "ofp-req"

    request_id: RequestId
    wallet: Number
    device: Device
    amount_minor: Annotated[int | None, Wire("amt", positive)] = None
    currency: Currency
    issued_at: IssuedAt
    expires_at: ExpiresAt
    memo: Annotated[str | None, Wire("mem", text)] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticRequest(Body):
    """A printed code, signed by the issuer: whoever scans it names an amount and pays."""

    TYP: ClassVar[str] = "ofp-sreq"

    wallet: Number
    device: Device
    name: Name
    currency: Currency
    issued_at: IssuedAt
    expires_at: ExpiresAt

    def __post_init__(self) -> None:
        if self.expires_at - self.issued_at > LONGEST_STATIC_SECONDS:
            raise Malformed("A printed code is good for a year at most.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher(Body):
    """A payment: the `counter`-th of its certificate, after the one whose vid is `previous`.

    `cumulative_minor` is what the certificate has paid with this one. Whether the numbers keep
    the limits is for the certificate to say: here they are only whole.
    """

    TYP: ClassVar[str] = "ofp-vch"

    certificate_id: CertificateId
    counter: Annotated[int, Wire("ctr", integer)]
    previous: Annotated[str, Wire("prv", digest)]
    nonce: Annotated[str, Wire("non", identifier)]
    amount_minor: AmountMinor
    cumulative_minor: Annotated[int, Wire("cum", integer)]
    currency: Currency
    payer: Payer
    payer_device: Annotated[str, Wire("fdv", identifier)]
    payee: Payee
    payee_device: PayeeDevice
    request_id: RequestId
    request_vid: Annotated[str, Wire("rqh", digest)]
    issued_at: IssuedAt


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt(Body):
    """The payee's device has the voucher in durable storage."""

    TYP: ClassVar[str] = "ofp-rcp"

    voucher_vid: VoucherVid
    request_id: RequestId
    payer: Payer
    payee: Payee
    payee_device: PayeeDevice
    amount_minor: AmountMinor
    currency: Currency
    issued_at: IssuedAt


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement(Body):
    """The issuer has moved the money of a voucher. `transaction` is its id there."""

    TYP: ClassVar[str] = "ofp-stl"

    issuer: Issuer
    voucher_vid: VoucherVid
    transaction: Annotated[str, Wire("txn", text)]
    status: Annotated[str, Wire("sts", one_of("settled"))]
    amount_minor: AmountMinor
    currency: Currency
    payer: Payer
    payee: Payee
    issued_at: IssuedAt


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationList(Body):
    """Every device that nobody should accept a voucher from. A larger `number` is newer."""

    TYP: ClassVar[str] = "ofp-rvl"

    issuer: Issuer
    number: Annotated[int, Wire("num", counting)]
    issued_at: IssuedAt
    next_at: Annotated[int, Wire("nxt", integer)]
    revoked: Annotated[tuple[str, ...], Wire("rvk", identifiers, list)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationDelta(Body):
    """What makes list `number` out of list `base`."""

    TYP: ClassVar[str] = "ofp-rvl"

    issuer: Issuer
    number: Annotated[int, Wire("num", counting)]
    issued_at: IssuedAt
    next_at: Annotated[int, Wire("nxt", integer)]
    base: Annotated[int, Wire("base", counting)]
    added: Annotated[tuple[str, ...], Wire("add", identifiers, list)]
    removed: Annotated[tuple[str, ...], Wire("del", identifiers, list)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing(Body):
    """A device spends no more from a certificate: the last counter, the total, the last vid.

    Of a certificate that paid nothing they are 0, 0 and the certificate's own vid.
    """

    TYP: ClassVar[str] = "ofp-cls"

    certificate_id: CertificateId
    counter: Annotated[int, Wire("ctr", counting)]
    cumulative_minor: Annotated[int, Wire("cum", counting)]
    head: Annotated[str, Wire("head", digest)]
    issued_at: IssuedAt
