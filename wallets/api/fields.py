"""Money as clients write it and read it: decimal strings in major units."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from ledger.errors import AmountTooLarge, InvalidAmount
from ledger.money import Money

_PLAIN = re.compile(r"[0-9]{1,16}(?:\.[0-9]{1,4})?")


@extend_schema_field({"type": "string", "pattern": r"^[0-9]{1,16}(\.[0-9]{1,4})?$"})
class MoneyField(serializers.Field[Decimal, Any, str, Decimal]):
    """An amount above zero in major units: a decimal string, or a plain JSON number.

    How many decimals are allowed depends on the currency: see `money_of`.
    """

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid_amount": 'Not an amount. Write plain decimals, such as "5000.00".',
        "not_positive": "The amount must be above zero.",
    }

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool) or not isinstance(data, str | int | Decimal):
            self.fail("invalid_amount")
        # A number such as 1e3 keeps its spelling, and is refused for it.
        text = str(data)
        if text.startswith("-") and _PLAIN.fullmatch(text[1:]):
            self.fail("not_positive")
        if not _PLAIN.fullmatch(text):
            self.fail("invalid_amount")
        amount = Decimal(text)
        if not amount:
            self.fail("not_positive")
        return amount

    def to_representation(self, value: Decimal) -> str:
        return format(value, "f")


def money_of(amount: Decimal, currency: str, *, field: str = "amount") -> Money:
    """Return the amount as money of a currency.

    Raises `ValidationError` for more decimals than the currency has, or too many digits.
    """
    try:
        return Money.of(amount, currency)
    except (InvalidAmount, AmountTooLarge) as refusal:
        raise serializers.ValidationError({field: [str(refusal)]}, code=refusal.code) from None
