"""What is refused about rates, quotes and conversions."""

from __future__ import annotations

from wallets.errors.base import WalletRefusal


class RatesNotValid(WalletRefusal):
    """What a source of rates gave cannot be read, or says what cannot be."""

    code = "rates_not_valid"
    sentence = "These are not exchange rates."


class RatesJump(WalletRefusal):
    """Rates far from the last ones are taken only by somebody who has looked at them."""

    code = "rates_jump"
    sentence = "A rate is far from the last one of its source."


class NoRate(WalletRefusal):
    """No source gives both currencies a rate that is recent enough."""

    code = "rate_not_available"
    sentence = "There is no recent rate between these currencies."


class AmountTooSmall(WalletRefusal):
    """What is left after rounding is not even the smallest unit."""

    code = "amount_too_small"
    sentence = "This amount is too small to be exchanged."


class QuoteNotFound(WalletRefusal):
    """No such quote, or none of the caller's."""

    code = "not_found"
    sentence = "There is no such quote."


class QuoteExpired(WalletRefusal):
    """A quote holds its rate for half a minute."""

    code = "quote_expired"
    sentence = "This quote has expired. Ask for another one."


class QuoteUsed(WalletRefusal):
    """A quote is converted once."""

    code = "quote_used"
    sentence = "This quote was used before."


class ConversionNotFound(WalletRefusal):
    """No such conversion, or none of the caller's."""

    code = "not_found"
    sentence = "There is no such conversion."
