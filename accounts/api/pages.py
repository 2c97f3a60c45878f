"""One page of a list, in the shape that all lists have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

Documents = Callable[[Sequence[Any]], list[dict[str, Any]]]


@cache
def _pagination() -> type[BasePagination]:
    name: Any = settings.REST_FRAMEWORK["DEFAULT_PAGINATION_CLASS"]
    found: type[BasePagination] = import_string(name)
    return found


def page(view: APIView, request: Request, rows: Any, documents: Documents) -> Response:
    """Answer with the page of `rows` that is asked for, written by `documents`.

    `rows` is a queryset or a fetch function, as the pagination of `config` reads them.
    """
    paginator = _pagination()()
    found: Sequence[Any] = paginator.paginate_queryset(rows, request, view=view) or []
    return paginator.get_paginated_response(documents(found))
