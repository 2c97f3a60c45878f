"""How histories and statements are described to clients.

A serializer's own attribute `label` is also a field name of the API, which is why its
declaration here is told to the type checker.
"""

from __future__ import annotations

from rest_framework import serializers


class LineSerializer(serializers.Serializer[None]):
    id = serializers.CharField()
    type = serializers.CharField()
    amount = serializers.CharField()
    balance_after = serializers.CharField()
    currency = serializers.CharField()
    reference = serializers.CharField()
    counterparty = serializers.CharField(allow_null=True)
    description = serializers.CharField()
    metadata = serializers.DictField()
    created_at = serializers.DateTimeField()


class TypeTotalSerializer(serializers.Serializer[None]):
    type = serializers.CharField()
    lines = serializers.IntegerField()
    paid_in = serializers.CharField()
    paid_out = serializers.CharField(help_text="Zero or below.")


class StatementTotalsSerializer(serializers.Serializer[None]):
    lines = serializers.IntegerField()
    paid_in = serializers.CharField()
    paid_out = serializers.CharField(help_text="Zero or below.")
    by_type = TypeTotalSerializer(many=True)


class _StatementFields(serializers.Serializer[None]):
    wallet = serializers.CharField()
    holder = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    kind = serializers.CharField()
    currency = serializers.CharField()
    to = serializers.DateTimeField()
    time_zone = serializers.CharField()
    created_at = serializers.DateTimeField()
    opening_balance = serializers.CharField()
    closing_balance = serializers.CharField()
    totals = StatementTotalsSerializer()
    lines = LineSerializer(many=True, help_text="Oldest first.")


class StatementSerializer(_StatementFields):
    """Opening balance plus lines is closing balance. Times are UTC; `to` is past the period."""

    def get_fields(self) -> dict[str, serializers.Field]:  # type: ignore[type-arg]
        fields = super().get_fields()
        fields["from"] = serializers.DateTimeField()  # a name that Python keeps for itself
        return fields
