from django.urls import path

from payments.api import views

urlpatterns = [
    path("deposits", views.DepositsView.as_view(), name="deposits"),
    path("deposits/return", views.deposit_return, name="deposit-return"),
    path("deposits/<str:reference>", views.DepositView.as_view(), name="deposit"),
    path(
        "webhooks/paystack",
        views.WebhookView.as_view(),
        {"provider_name": "paystack"},
        name="webhook-paystack",
    ),
]
