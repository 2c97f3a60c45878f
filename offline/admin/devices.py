from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from events import causes
from ledger.admin import ReadOnlyAdmin
from offline import operations, queries
from offline.admin.layout import laid_out
from offline.models import Device


@admin.register(Device)
class DeviceAdmin(ReadOnlyAdmin):
    list_display = ("did", "wallet", "owner", "name", "tier", "status", "enrolled_at")
    list_filter = ("status", "tier", "enrolled_at")
    list_select_related = ("wallet__owner",)
    search_fields = ("did__exact", "wallet__number__exact", "wallet__owner__email__exact")
    search_help_text = "A whole device id, wallet number or e-mail address."
    ordering = ("-enrolled_at",)
    actions = ["revoke"]
    fields = (
        "did",
        "wallet",
        "owner",
        "name",
        "tier",
        "status",
        "enrolled_at",
        "full_limits_at",
        "revoked_at",
        "revoked_reason",
        "proof_of_possession",
    )

    @admin.display
    def owner(self, device: Device) -> str:
        return str(device.wallet.owner)

    @admin.display
    def proof_of_possession(self, device: Device) -> SafeString:
        return laid_out(device.proof, queries.public_key(device.modulus))

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("offline.revoke_device"))

    @admin.action(description="Revoke for ever, and warn everybody", permissions=["revoke"])
    def revoke(self, request: HttpRequest, chosen: Any) -> None:
        actor = request.user.pk
        for did in list(chosen.values_list("did", flat=True)):
            with (
                causes.bind(causes.Cause(causes.current().request_id, actor)),
                transaction.atomic(),
            ):
                operations.revoke_device(did=did, reason="staff", now=timezone.now())
            self.message_user(request, f"{did} is revoked.", messages.SUCCESS)
