from django.urls import path

from payments.simulators import checkout, views
from payments.simulators.mock import api as mock
from payments.simulators.paystack import api as paystack
from payments.simulators.paystack import payouts
from payments.simulators.stripe import api as stripe
from payments.simulators.stripe import money_out

urlpatterns = [
    path("faults", views.faults),
    path("clock", views.clock),
    path("books", views.books),
    path("<str:provider>/checkout/<str:access_code>", checkout.checkout),
    path("paystack/transaction/initialize", paystack.initialize),
    path("paystack/transaction/verify/<path:reference>", paystack.verify),
    path("paystack/transaction", paystack.transactions),
    path("paystack/balance", paystack.balance),
    path("paystack/bank/resolve", payouts.resolve),
    path("paystack/transferrecipient", payouts.recipients),
    path("paystack/transfer", payouts.transfers),
    path("paystack/transfer/verify/<path:reference>", payouts.verify_transfer),
    path("paystack/refund", payouts.refunds),
    path("mock/payments", mock.payments),
    path("mock/payments/<str:reference>", mock.payment),
    path("mock/payments/<str:reference>/refunds", mock.refunds),
    path("mock/payments/<str:reference>/refunds/<str:refund>", mock.refund),
    path("mock/accounts/<str:bank_code>/<str:number>", mock.account),
    path("mock/beneficiaries", mock.beneficiaries),
    path("mock/payouts", mock.payouts),
    path("mock/payouts/<str:reference>", mock.payout),
    path("mock/payouts/<str:reference>/cancel", mock.cancel),
    path("mock/balances", mock.balances),
    path("mock/movements", mock.movements),
    path("stripe/v1/checkout/sessions", stripe.sessions),
    path("stripe/v1/checkout/sessions/<str:code>", stripe.session),
    path("stripe/v1/payment_intents/search", stripe.search),
    path("stripe/v1/balance", stripe.balance),
    path("stripe/v1/balance_transactions", stripe.balance_transactions),
    path("stripe/v1/refunds", money_out.refunds),
    path("stripe/v1/accounts", money_out.accounts),
    path("stripe/v1/transfers", money_out.transfers),
    path("stripe/v1/transfers/<str:code>/reversals", money_out.reversals),
]
