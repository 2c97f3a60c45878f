from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import principal_of
from accounts.api.pages import page
from wallets import queries
from wallets.api.files import (
    CSV,
    JSON,
    PDF,
    CsvRenderer,
    PdfRenderer,
    csv_file,
    format_asked,
    pdf_file,
    usual_renderers,
)
from wallets.api.history_serializers import LineSerializer, StatementSerializer
from wallets.api.parameters import line_filter
from wallets.histories import History, HistoryLine
from wallets.periods import read_period
from wallets.statements import (
    Statement,
    history_csv,
    line_document,
    read_statement,
    statement_csv,
    statement_document,
    statement_pdf,
)


class HistoryView(APIView):
    """Everything that went in and out of a wallet, newest first.

    As `text/csv` it is not paged: all of it comes, in one answer.
    """

    scope = "read"
    ordering = ("sequence",)
    ordering_kinds = (int,)
    renderer_classes = (*usual_renderers(), CsvRenderer)

    @extend_schema(
        operation_id="wallets_transactions",
        parameters=[
            OpenApiParameter("type", str, description="A line type, such as `transfer_in`."),
            OpenApiParameter("from", {"type": "string", "format": "date-time"}),
            OpenApiParameter("to", {"type": "string", "format": "date-time"}),
            OpenApiParameter("min_amount", str),
            OpenApiParameter("max_amount", str),
            OpenApiParameter(
                "q",
                {"type": "string", "maxLength": 100},
                description="A whole reference, a counterparty's number, or part of a "
                "description, in small or capital letters.",
            ),
        ],
        responses={
            (200, "application/json"): LineSerializer(many=True),
            (200, "text/csv"): OpenApiTypes.STR,
        },
    )
    def get(self, request: Request, number: str) -> HttpResponseBase:
        wallet = queries.wallet_facts(owner_id=principal_of(request).id, number=number)
        history = History(wallet, line_filter(request, wallet.currency))
        if request.accepted_renderer.format == CSV:
            return csv_file(history_csv(history), name=f"{number}.csv")

        def documents(lines: Sequence[HistoryLine]) -> list[dict[str, Any]]:
            return [line_document(line, wallet) for line in lines]

        return page(self, request, history.lines, documents)


class StatementView(APIView):
    """What a wallet held when a period began, every line of it, and what it held when it ended."""

    scope = "read"
    renderer_classes = (*usual_renderers(), CsvRenderer, PdfRenderer)

    @extend_schema(
        operation_id="wallets_statement",
        parameters=[
            OpenApiParameter(
                "from",
                str,
                description="A day of UTC or an instant. The first of the month when left out.",
            ),
            OpenApiParameter(
                "to",
                str,
                description="A day of UTC, which belongs to the period, or an instant, which does "
                "not. The present when left out.",
            ),
            OpenApiParameter("format", str, enum=[JSON, CSV, PDF]),
        ],
        responses={
            (200, "application/json"): StatementSerializer,
            (200, "text/csv"): OpenApiTypes.STR,
            (200, "application/pdf"): OpenApiTypes.BINARY,
        },
    )
    def get(self, request: Request, number: str) -> HttpResponseBase:
        now = timezone.now()
        wanted = format_asked(request, known=(JSON, CSV, PDF))
        asked = request.query_params
        wallet = queries.get_wallet(owner_id=principal_of(request).id, number=number)
        period = read_period(asked.get("from"), asked.get("to"), now=now)

        statement = read_statement(wallet=wallet, period=period, at=now)

        if wanted == CSV:
            return csv_file(statement_csv(statement), name=f"{_name(statement)}.csv")
        if wanted == PDF:
            return pdf_file(statement_pdf(statement), name=f"{_name(statement)}.pdf")
        return Response(statement_document(statement))


def _name(statement: Statement) -> str:
    return f"{statement.number}-{statement.period.since:%Y-%m-%d}"
