"""When two messages of one certificate prove that its device cheated."""

from __future__ import annotations

from enum import StrEnum

from offline.messages.bodies import Certificate, Closing, Voucher
from offline.messages.errors import NoProof
from offline.messages.keys import PublicKey
from offline.messages.signed import Signed, read


class ForkKind(StrEnum):
    """What an honest device never does."""

    SAME_COUNTER = "same_ctr"  # two vouchers with one counter
    CUMULATIVE_ORDER = "cum_order"  # a later one that leaves out what an earlier one paid
    CHAIN = "chain"  # two in a row of which the second does not follow from the first
    AFTER_CLOSE = "after_close"  # a voucher beyond the last one that the device declared


def contradiction(one: Signed[Voucher], other: Signed[Voucher]) -> ForkKind | None:
    """Say how two vouchers of one certificate contradict each other; None when they do not.

    The order of the arguments does not matter. A gap between the counters is no contradiction.
    """
    if one.vid == other.vid:
        return None
    earlier, later = sorted((one, other), key=lambda voucher: voucher.body.counter)
    before, after = earlier.body, later.body
    if before.counter == after.counter:
        return ForkKind.SAME_COUNTER
    if after.cumulative_minor - after.amount_minor < before.cumulative_minor:
        return ForkKind.CUMULATIVE_ORDER
    follows = (
        after.previous == earlier.vid
        and after.cumulative_minor == before.cumulative_minor + after.amount_minor
    )
    if after.counter == before.counter + 1 and not follows:
        return ForkKind.CHAIN
    return None


def broken_closing(voucher: Voucher, closing: Closing) -> ForkKind | None:
    """Say whether a voucher is beyond what its device declared to be its last one."""
    return ForkKind.AFTER_CLOSE if voucher.counter > closing.counter else None


def prove_fork(*, cert: str, a: str, b: str, kind: str, issuer: PublicKey) -> Signed[Certificate]:
    """Check a proof, with nothing but the issuer's key, and return the cheat's certificate.

    `a` and `b` are vouchers; for `after_close`, `b` is the closing statement. Raises `NoProof`
    when all signatures hold and nothing is proved, else `Malformed`, `BadSignature`.
    """
    certificate = read(Certificate, cert)
    certificate.verify(issuer)
    key, certificate_id = certificate.body.key, certificate.body.certificate_id
    first = read(Voucher, a)
    first.verify(key)
    second: Signed[Voucher] | Signed[Closing]
    if kind == ForkKind.AFTER_CLOSE:
        second = read(Closing, b)
        found = broken_closing(first.body, second.verify(key))
    else:
        second = read(Voucher, b)
        second.verify(key)
        found = contradiction(first, second)
    if {first.body.certificate_id, second.body.certificate_id} != {certificate_id}:
        raise NoProof("The messages are not of this certificate.")
    if found != kind:
        raise NoProof("The messages do not contradict each other in this way.")
    return certificate
