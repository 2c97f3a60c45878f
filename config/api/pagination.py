"""Pages of lists by key: newest first, none twice, at the same speed however deep.

A view names the fields that order its list, the last one unique, newest first:
`ordering = ("-created_at", "-id")`, and paginates a queryset. A list that is read otherwise
(raw SQL) paginates a function `fetch(*, after, newer, limit)` instead, which returns at most
`limit` rows next to the values `after` (None: from the newest), towards older rows, or newer
ones first-next-first when `newer`; such a view also has `ordering_kinds = (datetime, int)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import APIView

from config.api.cursors import BadCursor, Cursor, Value, decode

Fetch = Callable[..., Iterable[Any]]

_KINDS: tuple[tuple[type[models.Field[Any, Any]], type], ...] = (
    (models.DateTimeField, datetime),
    (models.UUIDField, UUID),
    (models.IntegerField, int),
    (models.CharField, str),
)


class KeysetPagination(BasePagination):
    default_size = 50
    largest_size = 200
    size_parameter = "page_size"
    cursor_parameter = "cursor"

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any]:
        """Return the rows of the page that `request` asks for; one query.

        Raises `ValidationError` for a bad `page_size` or `cursor`.
        """
        names = [name.removeprefix("-") for name in getattr(view, "ordering", ())]
        if not names:
            raise TypeError("A paginated view needs `ordering`.")
        if isinstance(queryset, QuerySet):
            kinds, fetch = _kinds(queryset, names), _fetcher(queryset, names)
        else:
            kinds, fetch = list(getattr(view, "ordering_kinds", ())), queryset
        size = self._size(request)
        cursor = self._cursor(request, kinds)

        rows = list(
            fetch(
                after=cursor.values if cursor else None,
                newer=bool(cursor and cursor.newer),
                limit=size + 1,
            )
        )

        more = len(rows) > size
        rows = rows[:size]
        if cursor and cursor.newer:
            rows.reverse()
        self._base = request.build_absolute_uri()
        self._link(rows, names, cursor=cursor, more=more)
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data, "next": self.next, "previous": self.previous})

    def _size(self, request: Request) -> int:
        text = request.query_params.get(self.size_parameter)
        if text is None:
            return self.default_size
        if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0):
            raise ValidationError({self.size_parameter: ["A whole number above zero."]})
        return min(int(text), self.largest_size)

    def _cursor(self, request: Request, kinds: Sequence[type]) -> Cursor | None:
        text = request.query_params.get(self.cursor_parameter)
        if text is None:
            return None
        try:
            return decode(text, kinds)
        except BadCursor:
            raise ValidationError({self.cursor_parameter: ["Not a cursor of this list."]}) from None

    def _link(
        self, rows: list[Any], names: list[str], *, cursor: Cursor | None, more: bool
    ) -> None:
        self.next = self.previous = None
        if not rows:
            if cursor and cursor.newer:
                # Nothing is newer than where the client stood: send it to the front.
                self.next = remove_query_param(self._base, self.cursor_parameter)
            return
        backwards = cursor is not None and cursor.newer
        if more or backwards:
            self.next = self._url(Cursor(_values(rows[-1], names)))
        if (more and backwards) or (cursor is not None and not backwards):
            self.previous = self._url(Cursor(_values(rows[0], names), newer=True))

    def _url(self, cursor: Cursor) -> str:
        return replace_query_param(self._base, self.cursor_parameter, cursor.encode())

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {"results": schema, "next": link, "previous": link},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        return [
            {
                "name": self.cursor_parameter,
                "in": "query",
                "description": "Taken from `next` or `previous`; not to be read.",
                "schema": {"type": "string"},
            },
            {
                "name": self.size_parameter,
                "in": "query",
                "description": "How many; more than the maximum counts as the maximum.",
                "schema": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": self.largest_size,
                    "default": self.default_size,
                },
            },
        ]


def _values(row: Any, names: list[str]) -> tuple[Value, ...]:
    if isinstance(row, Mapping):
        return tuple(row[name] for name in names)
    return tuple(getattr(row, name) for name in names)


def _kinds(queryset: QuerySet[Any], names: list[str]) -> list[type]:
    meta = queryset.model._meta  # noqa: SLF001 -- the documented way to the fields
    return [_kind(meta.get_field(name)) for name in names]


def _kind(field: Any) -> type:
    while field.is_relation:
        field = field.target_field
    for known, kind in _KINDS:
        if isinstance(field, known):
            return kind
    raise TypeError(f"No cursor can hold a {type(field).__name__}.")


def _fetcher(queryset: QuerySet[Any], names: list[str]) -> Fetch:
    def fetch(*, after: tuple[Value, ...] | None, newer: bool, limit: int) -> Iterable[Any]:
        rows = queryset.order_by(*names) if newer else queryset.order_by(*(f"-{n}" for n in names))
        if after is not None:
            rows = rows.filter(_beyond(names, after, "gt" if newer else "lt"))
        return rows[:limit]

    return fetch


def _beyond(names: list[str], values: tuple[Value, ...], side: str) -> Q:
    """Rows past these values: the first field bounds the index scan, the rest break ties."""
    past = Q()
    for index in reversed(range(len(names))):
        here = Q(**{f"{names[index]}__{side}": values[index]})
        past = here | (Q(**{names[index]: values[index]}) & past) if past else here
    return Q(**{f"{names[0]}__{side}e": values[0]}) & past
