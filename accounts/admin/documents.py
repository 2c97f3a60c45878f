"""Documents by which people show who they are; their files are read through the API."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin.people import visible
from accounts.models import Document
from ledger.admin import ReadOnlyAdmin


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    list_display = ("person", "kind", "status", "submitted_at", "decided_at", "decided_by")
    list_filter = ("status", "kind")
    list_select_related = ("person", "decided_by")
    search_fields = ("person__email", "=id")
    ordering = ("-submitted_at",)
    fields = (*list_display, "id", "content_type", "size", "reason")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        # Nothing of a file is even read here.
        documents = super().get_queryset(request).defer("sealed")
        return documents.filter(visible(request, person="person__"))
