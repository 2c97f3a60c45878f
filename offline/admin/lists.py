from __future__ import annotations

from django.contrib import admin

from ledger.admin import ReadOnlyAdmin
from offline.models import RevocationList


@admin.register(RevocationList)
class RevocationListAdmin(ReadOnlyAdmin):
    list_display = ("number", "devices", "issued_at", "next_at")
    ordering = ("-number",)

    @admin.display
    def devices(self, row: RevocationList) -> int:
        return len(row.dids)
