"""What a voucher says about itself, measured by its certificate. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from offline.codes import Code
from offline.messages import Certificate, Signed, Voucher
from offline.messages.forks import ForkKind, contradiction

CLOCK_SKEW_SECONDS = 300
FUTURE_SECONDS = 86_400


def flaw(voucher: Signed[Voucher], certificate: Certificate) -> Code | None:
    """Return why this voucher can never be paid, whoever brings it and when; None if it can."""
    return (
        _wrong_party(voucher, certificate)
        or _over_limits(voucher.body, certificate)
        or _outside_validity(voucher.body, certificate)
    )


def is_future_dated(voucher: Voucher, *, now: int) -> bool:
    """Whether it was made by a clock so far ahead that it must wait."""
    return voucher.issued_at > now + FUTURE_SECONDS


def _wrong_party(voucher: Signed[Voucher], certificate: Certificate) -> Code | None:
    body = voucher.body
    if body.payer_device != certificate.device:
        return Code.KEY_MISMATCH
    if body.payer != certificate.wallet:
        return Code.WALLET_MISMATCH
    if body.currency != certificate.currency:
        return Code.WRONG_CURRENCY
    return Code.SELF_PAYMENT if body.payee == body.payer else None


def _over_limits(voucher: Voucher, certificate: Certificate) -> Code | None:
    limits = certificate.limits
    if not 1 <= voucher.amount_minor <= limits.voucher_minor:
        return Code.OVER_VOUCHER_LIMIT
    if not voucher.amount_minor <= voucher.cumulative_minor <= limits.cumulative_minor:
        return Code.OVER_CUMULATIVE
    return None if 1 <= voucher.counter <= limits.count else Code.OVER_COUNT


def _outside_validity(voucher: Voucher, certificate: Certificate) -> Code | None:
    earliest = certificate.not_before - CLOCK_SKEW_SECONDS
    latest = certificate.expires_at + CLOCK_SKEW_SECONDS
    return None if earliest <= voucher.issued_at <= latest else Code.OUTSIDE_VALIDITY


@dataclass(frozen=True, slots=True)
class Conflict:
    """A voucher proves a cheat: by itself, with another voucher, or with a closing statement."""

    kind: ForkKind
    other_vid: str | None = None

    @property
    def code(self) -> Code:
        """What the payee is told."""
        same = self.kind in {ForkKind.SAME_COUNTER, ForkKind.AFTER_CLOSE}
        return Code.COUNTER_CONFLICT if same else Code.CHAIN_INCONSISTENT


def conflicts(
    voucher: Signed[Voucher],
    *,
    known: list[Signed[Voucher]],
    certificate_vid: str,
    closing_counter: int | None,
) -> list[Conflict]:
    """Return everything that contradicts a voucher among those known of its certificate."""
    found = [
        Conflict(kind, other.vid) for other in known if (kind := contradiction(voucher, other))
    ]
    if starts_wrongly(voucher.body, certificate_vid=certificate_vid):
        found.append(Conflict(ForkKind.CHAIN))
    if closing_counter is not None and voucher.body.counter > closing_counter:
        found.append(Conflict(ForkKind.AFTER_CLOSE))
    return found


def starts_wrongly(voucher: Voucher, *, certificate_vid: str) -> bool:
    """Whether a first voucher does not follow from its certificate."""
    follows = (
        voucher.previous == certificate_vid and voucher.cumulative_minor == voucher.amount_minor
    )
    return voucher.counter == 1 and not follows
