"""How limits are told: what there is at most, and what is left of it. null is without limit."""

from __future__ import annotations

from rest_framework import serializers


class CountLimitSerializer(serializers.Serializer[None]):
    most = serializers.IntegerField(allow_null=True)
    left = serializers.IntegerField(allow_null=True)


class AmountLimitSerializer(serializers.Serializer[None]):
    most = serializers.CharField(allow_null=True)
    left = serializers.CharField(allow_null=True)


class PeriodLimitsSerializer(serializers.Serializer[None]):
    count = CountLimitSerializer()
    amount = AmountLimitSerializer()


class OperationLimitsSerializer(serializers.Serializer[None]):
    """Days and months are those of UTC."""

    each = serializers.CharField(allow_null=True)
    day = PeriodLimitsSerializer()
    month = PeriodLimitsSerializer()


class LimitsSerializer(serializers.Serializer[None]):
    """What the owner's tier lets a wallet do, operation by operation, and what it may hold."""

    currency = serializers.CharField()
    kyc_tier = serializers.IntegerField()
    balance = AmountLimitSerializer()
    operations = serializers.DictField(child=OperationLimitsSerializer())
