"""Every path of the installation, by the app that answers it."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from config import pages

urlpatterns = [
    # The busiest first: an address is tried against these in order.
    path("api/v1/", include("wallets.api.urls")),
    path("api/v1/", include("payments.api.urls")),
    path("api/v1/", include("accounts.api.urls")),
    path("admin/", admin.site.urls),
    path("", include("config.api.urls")),
    path("", pages.welcome, name="welcome"),
]

if settings.PURSER_EMBEDDED:
    urlpatterns += [
        path("simulator/", include("payments.simulators.urls")),
        path("dev/mail/", include("config.mail.urls")),
    ]

handler400 = "config.api.problems.bad_request"
handler403 = "config.api.problems.permission_denied"
handler404 = "config.api.problems.page_not_found"
handler500 = "config.api.problems.server_error"
