from django.urls import path

from payments.simulators import views
from payments.simulators.paystack import api, checkout

urlpatterns = [
    path("faults", views.faults),
    path("paystack/transaction/initialize", api.initialize),
    path("paystack/transaction/verify/<path:reference>", api.verify),
    path("paystack/transaction", api.transactions),
    path("paystack/balance", api.balance),
    path("paystack/checkout/<str:access_code>", checkout.checkout),
]
