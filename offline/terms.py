"""What an operator has decided about offline payments, in this installation's settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from ledger.money import Money

# A slow phone can pay at once.
EARLY = timedelta(minutes=15)
# A device that follows another one has the limits of the basic tier for this long.
COOL_OFF = timedelta(hours=24)
# What is revoked later than this after a payment was accepted does not touch the payment.
REVOCATION_SPREADS = timedelta(hours=24)
CHALLENGE_LIVES = timedelta(minutes=5)
LIST_LIVES = timedelta(hours=24)
DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a certificate may allow in one currency."""

    voucher: Money
    cumulative: Money
    count: int


def limits(*, attested: bool, currency: str) -> Limits:
    """Return the most that a device may be allowed."""
    spelled = settings.OFFLINE_ATTESTED_LIMITS if attested else settings.OFFLINE_BASIC_LIMITS
    voucher, cumulative, count = spelled
    return Limits(_whole(voucher, currency), _whole(cumulative, currency), int(count))


def preload_per_day(currency: str) -> Money:
    """Return the most that a wallet's certificates of 24 hours may hold."""
    return _whole(settings.OFFLINE_PRELOAD_PER_DAY, currency)


def guarantee_cap_minor(*, attested: bool, authorised_minor: int, currency: str) -> int:
    """Return the most that the reserve pays for one certificate, in minor units."""
    if settings.OFFLINE_GUARANTEE_CAP:
        return _whole(settings.OFFLINE_GUARANTEE_CAP, currency).amount_minor
    return authorised_minor if attested else 0


def certificate_lives() -> timedelta:
    return timedelta(seconds=settings.OFFLINE_CERTIFICATE_SECONDS)


def submission_lasts() -> timedelta:
    return timedelta(seconds=settings.OFFLINE_SUBMIT_SECONDS)


def _whole(amount: str, currency: str) -> Money:
    """Read a setting for any currency: decimals that a currency lacks are dropped."""
    whole, _, fraction = amount.partition(".")
    exponent = Money.of("0", currency).currency.exponent
    kept = fraction[:exponent]
    return Money.of(f"{whole}.{kept}" if kept else whole, currency)
