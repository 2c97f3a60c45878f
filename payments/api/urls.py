from django.urls import path

from payments.api import beneficiary_views, bulk_views, payout_views, refund_views, views
from payments.providers import registry

urlpatterns = [
    path("beneficiaries", beneficiary_views.BeneficiariesView.as_view(), name="beneficiaries"),
    path(
        "beneficiaries/<uuid:beneficiary_id>",
        beneficiary_views.BeneficiaryView.as_view(),
        name="beneficiary",
    ),
    path("deposits", views.DepositsView.as_view(), name="deposits"),
    path("deposits/return", views.deposit_return, name="deposit-return"),
    path("deposits/<str:reference>", views.DepositView.as_view(), name="deposit"),
    path(
        "deposits/<str:reference>/refund",
        refund_views.DepositRefundView.as_view(),
        name="deposit-refund",
    ),
    path(
        "deposits/<str:reference>/refunds",
        refund_views.DepositRefundsView.as_view(),
        name="deposit-refunds",
    ),
    path("payouts", payout_views.PayoutsView.as_view(), name="payouts"),
    path("payouts/bulk", bulk_views.BulkPayoutsView.as_view(), name="payouts-bulk"),
    path("payouts/bulk/<uuid:batch_id>", bulk_views.BulkPayoutView.as_view(), name="payout-bulk"),
    path("payouts/<str:reference>", payout_views.PayoutView.as_view(), name="payout"),
    path(
        "payouts/<str:reference>/cancel",
        payout_views.CancelPayoutView.as_view(),
        name="payout-cancel",
    ),
    *(
        path(
            f"webhooks/{name}",
            views.WebhookView.as_view(),
            {"provider_name": name},
            name=f"webhook-{name}",
        )
        for name in registry.NAMES
    ),
]
