"""What clients send and are sent about scheduled transfers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers

from ledger.money import Money, currency
from wallets import schedule_queries
from wallets.api.fields import MoneyField
from wallets.api.serializers import CurrencyField
from wallets.models import RunStatus, ScheduledRun, ScheduledTransfer, ScheduleStatus
from wallets.operations.schedule_transfer import USUAL_ATTEMPTS, USUAL_GAP
from wallets.recurrence import LONGEST_RULE, MOST_RUNS

_NUMBER = r"^[0-9]{13}\Z"
_SHOWN_RUNS = 5


class RetrySerializer(serializers.Serializer[None]):
    """How often a run is tried, and how many seconds apart."""

    attempts = serializers.IntegerField(min_value=1, max_value=10, default=USUAL_ATTEMPTS)
    gap_seconds = serializers.IntegerField(min_value=60, max_value=86_400, default=USUAL_GAP)


class TimingSerializer(serializers.Serializer[None]):
    """When: once at `starts_at`, or by a rule of RFC 5545 that counts in `time_zone`."""

    starts_at = serializers.DateTimeField(required=False)
    time_zone = serializers.CharField(max_length=60, required=False)
    rrule = serializers.CharField(
        max_length=LONGEST_RULE + len("RRULE:"), required=False, allow_blank=True
    )
    ends_at = serializers.DateTimeField(required=False, allow_null=True)
    count = serializers.IntegerField(
        min_value=1, max_value=MOST_RUNS, required=False, allow_null=True
    )

    def validate_rrule(self, value: str) -> str:
        return value.upper().removeprefix("RRULE:")

    def validate_starts_at(self, value: datetime) -> datetime:
        return value.replace(microsecond=0)


class ChangeScheduleSerializer(TimingSerializer):
    """What is to be different from the next run on."""

    amount = MoneyField(required=False)
    description = serializers.CharField(max_length=255, required=False, allow_blank=True)
    retry = RetrySerializer(required=False)


class ScheduleRequestSerializer(ChangeScheduleSerializer):
    source = serializers.RegexField(_NUMBER, help_text="Number of a wallet of yours.")  # type: ignore[assignment]
    destination = serializers.RegexField(_NUMBER, help_text="Number of the receiver's wallet.")
    amount = MoneyField()
    currency = CurrencyField(required=False)


class ScheduleSerializer(serializers.Serializer[None]):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=ScheduleStatus.choices)
    source = serializers.CharField()  # type: ignore[assignment]
    destination = serializers.CharField()
    amount = serializers.CharField()
    currency = serializers.CharField()
    description = serializers.CharField()
    starts_at = serializers.DateTimeField()
    time_zone = serializers.CharField()
    rrule = serializers.CharField()
    ends_at = serializers.DateTimeField(allow_null=True)
    count = serializers.IntegerField(allow_null=True)
    retry = RetrySerializer()
    next_run_at = serializers.DateTimeField(allow_null=True)
    next_try_at = serializers.DateTimeField(allow_null=True)
    next_runs = serializers.ListField(child=serializers.DateTimeField())
    created_at = serializers.DateTimeField()


class RunSerializer(serializers.Serializer[None]):
    """`reference` is the transfer's, once the run is completed."""

    occurs_at = serializers.DateTimeField()
    status = serializers.ChoiceField(choices=RunStatus.choices)
    reference = serializers.CharField(allow_null=True)
    attempts = serializers.IntegerField()
    reason = serializers.CharField(allow_null=True)
    skipped = serializers.IntegerField()
    tried_at = serializers.DateTimeField()


def schedule_document(schedule: ScheduledTransfer) -> dict[str, Any]:
    unit = currency(schedule.source.currency)
    active = schedule.status == ScheduleStatus.ACTIVE
    return {
        "id": schedule.pk,
        "status": schedule.status,
        "source": schedule.source.number,
        "destination": schedule.destination.number,
        "amount": Money(schedule.amount_minor, unit).decimal_string(),
        "currency": unit.code,
        "description": schedule.description,
        "starts_at": schedule.starts_at,
        "time_zone": schedule.time_zone,
        "rrule": schedule.rule,
        "ends_at": schedule.ends_at,
        "count": schedule.most_runs,
        "retry": {"attempts": schedule.attempts, "gap_seconds": schedule.gap_seconds},
        "next_run_at": schedule.occurs_at if active else None,
        "next_try_at": schedule.next_try_at if active else None,
        "next_runs": schedule_queries.next_runs(schedule, number=_SHOWN_RUNS),
        "created_at": schedule.created_at,
    }


def run_document(run: ScheduledRun) -> dict[str, Any]:
    return {
        "occurs_at": run.occurs_at,
        "status": run.status,
        "reference": run.reference if run.status == RunStatus.COMPLETED else None,
        "attempts": run.attempts,
        "reason": run.refusal or None,
        "skipped": run.skipped,
        "tried_at": run.tried_at,
    }
