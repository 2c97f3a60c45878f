"""Every path of the installation, by the app that answers it."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from config import pages
from offline.api.key_views import OpeningView
from offline.api.public_views import IssuerKeysView
from offline.api.wallet_views import PreloadView, QrCodeView, WalletOnDevicesView
from wallets.api.request_pages import payment_page

urlpatterns = [
    # The busiest first: an address is tried against these in order.
    # Not the wallet of that number.
    path("api/v1/wallets/qr-code", QrCodeView.as_view()),
    path("api/v1/wallets/transfer", PreloadView.as_view()),
    # Also lets a wallet be opened with a key for its device, which wallets know nothing of.
    path("api/v1/wallets", OpeningView.as_view()),
    # Also tells what devices hold of it.
    path("api/v1/wallets/<str:number>", WalletOnDevicesView.as_view()),
    path("api/v1/", include("wallets.api.urls")),
    path("api/v1/", include("payments.api.urls")),
    path("api/v1/", include("offline.api.urls")),
    path("api/v1/", include("events.api.urls")),
    path("api/v1/", include("accounts.api.urls")),
    path(".well-known/ofp-issuer-keys", IssuerKeysView.as_view()),
    path("pay/<uuid:request_id>", payment_page, name="payment-request"),
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
