"""A page for one payment: everything that happened to it, in order."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ledger.admin import ReadOnlyAdmin
from payments.timeline import timeline


class WithTimeline(ReadOnlyAdmin):
    """A list of payments, each with a page of what happened to it."""

    readonly_fields = ("history",)

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.timeline)
        name = f"payments_{self.opts.model_name}_timeline"
        return [path("<int:pk>/timeline/", page, name=name), *super().get_urls()]

    @admin.display(description="timeline")
    def history(self, payment: Any) -> SafeString:
        address = reverse(f"admin:payments_{self.opts.model_name}_timeline", args=[payment.pk])
        return format_html('<a href="{}">everything that happened to it</a>', address)

    def timeline(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_view_permission(request):
            return HttpResponse(status=403)
        payment = self.get_queryset(request).filter(pk=pk).first()
        if payment is None:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "title": f"Timeline of {payment}",
            "payment": payment,
            "moments": timeline(payment),
            "opts": self.opts,
        }
        return render(request, "payments/timeline.html", context)
