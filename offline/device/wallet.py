"""What a device remembers, as plain data. Messages are kept as the texts they came as."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from functools import cached_property, lru_cache
from typing import Any, Self

from offline.messages import (
    Certificate,
    Malformed,
    PrivateKey,
    PublicKey,
    Receipt,
    RevocationDelta,
    Signed,
    Voucher,
    read,
    read_revocations,
)

# What the server says about a voucher, after which nothing more will be heard of it.
FINAL = frozenset({"settled", "rejected", "voided", "written_off"})
# But for a refusal that is about a wallet's state at the time, and not about the voucher.
PASSING = frozenset({"receiver_inactive"})


@dataclass
class Spending:
    """A certificate of this device and how far it is spent. `head` is the last message's vid.

    `closing` is the statement that it is spent no more, once there is one: always the same.
    """

    text: str
    head: str
    counter: int = 0
    cumulative_minor: int = 0
    closing: str = ""

    @classmethod
    def begin(cls, text: str) -> Self:
        """Take a new certificate: the first voucher will follow it."""
        return cls(text, read(Certificate, text).vid)

    @cached_property
    def certificate(self) -> Certificate:
        return read(Certificate, self.text).body

    def pays_at(self, now: int) -> bool:
        """Whether vouchers can be made from it then."""
        return (
            not self.closing
            and self.certificate.limits.cumulative_minor > 0
            and self.certificate.not_before <= now <= self.certificate.expires_at
        )


@dataclass
class Outcome:
    """What the server has said about a voucher so far: nothing, while `status` is empty."""

    status: str = ""
    code: str = ""
    settlement: str = ""

    @property
    def final(self) -> bool:
        return self.status in FINAL and self.code not in PASSING


@dataclass
class Payment:
    """A voucher that this device made, and what came back for it."""

    voucher: str
    certificate: str
    request: str
    payee_name: str
    payee_certificate: str = ""
    receipt: str = ""
    outcome: Outcome = field(default_factory=Outcome)

    @cached_property
    def signed(self) -> Signed[Voucher]:
        return read(Voucher, self.voucher)


@dataclass
class Income:
    """A voucher that this device accepted, with the receipt that it gave."""

    voucher: str
    certificate: str
    request: str
    receipt: str
    outcome: Outcome = field(default_factory=Outcome)

    @cached_property
    def signed(self) -> Signed[Voucher]:
        return read(Voucher, self.voucher)

    @cached_property
    def payer(self) -> Certificate:
        return read(Certificate, self.certificate).body

    @property
    def accepted_at(self) -> int:
        return read(Receipt, self.receipt).body.issued_at


@dataclass
class Revocations:
    """The newest revocation list that this device has seen, with all that changed it."""

    number: int
    issued_at: int
    devices: list[str]

    def changed(self, text: str, issuer: PublicKey) -> Revocations:
        """Return what a list makes of this, or a delta to it; raises `MessageRefusal`."""
        signed = read_revocations(text)
        signed.jws.verify(issuer)
        body = signed.body
        if isinstance(body, RevocationDelta):
            if body.base != self.number:
                raise Malformed("This changes another revocation list than the one at hand.")
            left = set(self.devices) - set(body.removed) | set(body.added)
        else:
            left = set(body.revoked)
        return Revocations(body.number, body.issued_at, sorted(left))


@dataclass
class Loading:
    """A certificate that was asked for under `key`, and whose answer has not come."""

    amount: str
    key: str


@dataclass
class Wallet:
    """Everything. `number`, `device` and `currency` are who this device is to others."""

    origin: str
    issuer: str
    number: str
    currency: str
    key_pem: str
    issuer_keys: list[dict[str, str]]
    spendings: list[Spending] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    incomes: list[Income] = field(default_factory=list)
    revocations: Revocations | None = None
    loading: Loading | None = None

    @property
    def key(self) -> PrivateKey:
        return _opened(self.key_pem)

    @property
    def device(self) -> str:
        return self.key.public.key_id

    @property
    def issuers(self) -> dict[str, PublicKey]:
        keys = [PublicKey.from_jwk(jwk) for jwk in self.issuer_keys]
        return {key.key_id: key for key in keys}

    @property
    def newest(self) -> Spending | None:
        """The certificate that this device shows to others."""
        return self.spendings[-1] if self.spendings else None

    @property
    def exponent(self) -> int:
        """The decimals of the currency, which only a certificate tells."""
        return self.newest.certificate.exponent if self.newest else 0

    def unsettled(self) -> list[Income]:
        """What this device accepted and the server has not decided."""
        return [income for income in self.incomes if not income.outcome.final]

    @property
    def undecided(self) -> list[Payment | Income]:
        """Every voucher of which the server may still say something else."""
        return [*self.unsettled(), *(each for each in self.payments if not each.outcome.final)]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Read what `to_json` writes; raises `KeyError` or `TypeError` for anything else."""
        plain = {each.name: stored[each.name] for each in fields(cls)}
        revocations, loading = plain["revocations"], plain["loading"]
        return cls(
            **plain
            | {
                "spendings": [Spending(**each) for each in plain["spendings"]],
                "payments": [_with_outcome(Payment, each) for each in plain["payments"]],
                "incomes": [_with_outcome(Income, each) for each in plain["incomes"]],
                "revocations": Revocations(**revocations) if revocations else None,
                "loading": Loading(**loading) if loading else None,
            }
        )


# Checking that the key is a sound one takes longer than all the rest.
@lru_cache(maxsize=8)
def _opened(pem: str) -> PrivateKey:
    return PrivateKey.from_pem(pem.encode())


def _with_outcome(kind: type[Any], stored: dict[str, Any]) -> Any:
    return kind(**stored | {"outcome": Outcome(**stored["outcome"])})
