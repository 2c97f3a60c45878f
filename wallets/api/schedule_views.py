"""Scheduled transfers: arrange, change, pause, resume and cancel them, and see what ran."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import principal_of
from accounts.api.idempotency import AtomicPost
from accounts.api.pages import page
from accounts.api.transactions import in_transaction
from wallets import queries, schedule_queries
from wallets.api.fields import money_of
from wallets.api.schedule_serializers import (
    ChangeScheduleSerializer,
    RunSerializer,
    ScheduleRequestSerializer,
    ScheduleSerializer,
    run_document,
    schedule_document,
)
from wallets.models import ScheduledTransfer
from wallets.operations.change_schedule import (
    ScheduleChange,
    cancel_schedule,
    change_schedule,
    pause_schedule,
    resume_schedule,
)
from wallets.operations.schedule_transfer import Retry, ScheduleOrder, schedule_transfer
from wallets.recurrence import Recurrence

# What a client calls the parts of a recurrence.
_TIMING = {
    "starts_at": "starts_at",
    "time_zone": "time_zone",
    "rrule": "rule",
    "ends_at": "ends_at",
    "count": "most_runs",
}


class SchedulesView(AtomicPost):
    """Arrange for a transfer to be made later; list what is arranged."""

    ordering = ("created_at", "id")
    wants_pin = True

    @property
    def scope(self) -> str:
        return "transfer" if self.request.method == "POST" else "read"

    @extend_schema(
        operation_id="scheduled_transfers_make",
        request=ScheduleRequestSerializer,
        responses={201: ScheduleSerializer},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def perform(self, request: Request, *, request_key: UUID | None, **_kwargs: Any) -> Response:
        form = ScheduleRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked, now, owner_id = form.validated_data, timezone.now(), principal_of(request).id
        source, destination = queries.transfer_parties(
            owner_id=owner_id, source=asked["source"], destination=asked["destination"]
        )
        when = {"starts_at": now.replace(microsecond=0)} | _timing(asked)

        schedule = schedule_transfer(
            order=ScheduleOrder(
                source=source,
                destination=destination,
                amount=money_of(asked["amount"], asked.get("currency", source.currency)),
                recurrence=Recurrence(**when),
                description=asked.get("description", ""),
                retry=Retry(**asked.get("retry", {})),
            ),
            schedule_id=uuid4(),
            now=now,
        )

        made = schedule_queries.get_schedule(owner_id=owner_id, schedule_id=schedule.pk)
        return Response(schedule_document(made), status=201)

    @extend_schema(operation_id="scheduled_transfers_list", responses=ScheduleSerializer(many=True))
    def get(self, request: Request) -> Response:
        mine = schedule_queries.schedules_of(principal_of(request).id)
        return page(self, request, mine, lambda rows: [schedule_document(row) for row in rows])


class ScheduleView(APIView):
    """One scheduled transfer of the caller's."""

    wants_pin = True

    @property
    def scope(self) -> str:
        return "read" if self.request.method == "GET" else "transfer"

    @extend_schema(operation_id="scheduled_transfers_read", responses=ScheduleSerializer)
    def get(self, request: Request, schedule_id: UUID) -> Response:
        owner_id = principal_of(request).id
        found = schedule_queries.get_schedule(owner_id=owner_id, schedule_id=schedule_id)
        return Response(schedule_document(found))

    @extend_schema(
        operation_id="scheduled_transfers_change",
        request=ChangeScheduleSerializer,
        responses=ScheduleSerializer,
    )
    def patch(self, request: Request, schedule_id: UUID) -> Response:
        form = ChangeScheduleSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked, owner_id = form.validated_data, principal_of(request).id
        if not asked:
            raise ValidationError("Nothing to change.")

        def change() -> ScheduledTransfer:
            found = schedule_queries.get_schedule(owner_id=owner_id, schedule_id=schedule_id)
            return change_schedule(
                owner_id=owner_id,
                schedule_id=schedule_id,
                change=_change(found, asked),
                now=timezone.now(),
            )

        return Response(schedule_document(in_transaction(change)))

    @extend_schema(operation_id="scheduled_transfers_cancel", responses={204: None})
    def delete(self, request: Request, schedule_id: UUID) -> Response:
        owner_id = principal_of(request).id
        in_transaction(lambda: cancel_schedule(owner_id=owner_id, schedule_id=schedule_id))
        return Response(status=204)


class PauseScheduleView(APIView):
    """Let nothing run until it is resumed; what comes due meanwhile is left out."""

    scope = "transfer"
    wants_pin = True

    @extend_schema(
        operation_id="scheduled_transfers_pause", request=None, responses=ScheduleSerializer
    )
    def post(self, request: Request, schedule_id: UUID) -> Response:
        owner_id = principal_of(request).id
        paused = in_transaction(lambda: pause_schedule(owner_id=owner_id, schedule_id=schedule_id))
        return Response(schedule_document(paused))


class ResumeScheduleView(APIView):
    """Let it run again, from its next occurrence on."""

    scope = "transfer"
    wants_pin = True

    @extend_schema(
        operation_id="scheduled_transfers_resume", request=None, responses=ScheduleSerializer
    )
    def post(self, request: Request, schedule_id: UUID) -> Response:
        owner_id, now = principal_of(request).id, timezone.now()
        resumed = in_transaction(
            lambda: resume_schedule(owner_id=owner_id, schedule_id=schedule_id, now=now)
        )
        return Response(schedule_document(resumed))


class ScheduleRunsView(APIView):
    """What became of the occurrences that came due, newest first."""

    scope = "read"
    ordering = ("occurs_at", "id")

    @extend_schema(operation_id="scheduled_transfers_runs", responses=RunSerializer(many=True))
    def get(self, request: Request, schedule_id: UUID) -> Response:
        owner_id = principal_of(request).id
        found = schedule_queries.get_schedule(owner_id=owner_id, schedule_id=schedule_id)
        runs = schedule_queries.runs_of(found)
        return page(self, request, runs, lambda rows: [run_document(row) for row in rows])


def _timing(asked: dict[str, Any]) -> dict[str, Any]:
    return {own: asked[name] for name, own in _TIMING.items() if name in asked}


def _change(schedule: ScheduledTransfer, asked: dict[str, Any]) -> ScheduleChange:
    amount, retry, timing = asked.get("amount"), asked.get("retry"), _timing(asked)
    before = {own: getattr(schedule, own) for own in _TIMING.values()}
    return ScheduleChange(
        amount=None if amount is None else money_of(amount, schedule.source.currency),
        description=asked.get("description"),
        recurrence=Recurrence(**(before | timing)) if timing else None,
        retry=None if retry is None else Retry(**retry),
    )
