"""What the provider keeps of a payment: 1.5 % and NGN 100, at most NGN 2,000, in minor units."""

FREE_OF_FLAT_BELOW = 250_000
FLAT = 10_000
CAP = 200_000


def fees_minor(amount_minor: int, currency: str) -> int:
    """Return the fee on an amount; other currencies pay the percentage alone."""
    share = amount_minor * 15 // 1000
    if currency != "NGN":
        return share
    return min(CAP, share + (FLAT if amount_minor >= FREE_OF_FLAT_BELOW else 0))
