"""What providers keep of what goes through them, in minor units."""

FREE_OF_FLAT_BELOW = 250_000
FLAT = 10_000
CAP = 200_000

# What a payout in NGN costs with Paystack, by the largest amount that costs it.
PAYOUT_BANDS = ((500_000, 1_000), (5_000_000, 2_500))
PAYOUT_MOST = 5_000


def fees_minor(amount_minor: int, currency: str, provider: str = "paystack") -> int:
    """Return the fee on a payment.

    Paystack: 1.5 % and NGN 100, at most NGN 2,000; other currencies pay the percentage alone.
    Stripe: 2.9 % and 30 cents. The mock provider takes nothing.
    """
    if provider == "stripe":
        return min(amount_minor, amount_minor * 29 // 1000 + 30)
    if provider == "mock":
        return 0
    share = amount_minor * 15 // 1000
    if currency != "NGN":
        return share
    return min(CAP, share + (FLAT if amount_minor >= FREE_OF_FLAT_BELOW else 0))


def payout_fee_minor(amount_minor: int, currency: str, provider: str) -> int:
    """Return the fee on a payout: NGN 10, 25 or 50 with Paystack, and nothing elsewhere."""
    if provider != "paystack" or currency != "NGN":
        return 0
    for largest, fee in PAYOUT_BANDS:
        if amount_minor <= largest:
            return fee
    return PAYOUT_MOST
