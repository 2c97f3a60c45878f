from django.urls import URLPattern, URLResolver, path

from offline.api import certificate_views, device_views, payment_views, public_views, sync_views
from offline.api.key_views import AcknowledgeKeyView, PrivateKeyView

urlpatterns: list[URLPattern | URLResolver] = [
    path("offline-transactions/sync", sync_views.SyncView.as_view()),
    path("offline-transactions", payment_views.PaymentsView.as_view()),
    path("offline-transactions/create-local", payment_views.DraftView.as_view()),
    path("offline-transactions/sign-and-store", payment_views.SignedDraftView.as_view()),
    path("offline-transactions/verify-receipt", public_views.VerifyReceiptView.as_view()),
    path("offline-transactions/<uuid:transaction_id>", payment_views.PaymentView.as_view()),
    path("offline-transactions/<uuid:transaction_id>/confirm", payment_views.ConfirmView.as_view()),
    path("offline-transactions/<uuid:transaction_id>/dispute", payment_views.DisputeView.as_view()),
    path("offline/devices", device_views.DevicesView.as_view()),
    path("offline/devices/challenge", device_views.ChallengeView.as_view()),
    path("offline/devices/<str:did>", device_views.DeviceView.as_view()),
    path("offline/certificates", certificate_views.CertificatesView.as_view()),
    path("offline/certificates/<str:jti>", certificate_views.CertificateView.as_view()),
    path("offline/certificates/<str:jti>/close", certificate_views.CloseView.as_view()),
    path("offline/wallets/<str:number>", certificate_views.OfflineBalanceView.as_view()),
    path("offline/revocations", public_views.RevocationsView.as_view()),
    path("wallets/<str:number>/private-key", PrivateKeyView.as_view()),
    path("wallets/<str:number>/private-key/ack", AcknowledgeKeyView.as_view()),
]
