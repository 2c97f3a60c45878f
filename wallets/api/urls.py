from django.urls import URLPattern, URLResolver, path

from wallets.api.batch_views import TransferBatchView
from wallets.api.dispute_staff_views import (
    AskPartyView,
    AssignDisputeView,
    DecideDisputeView,
    DisputeQueueView,
    ProposeDecisionView,
    QueuedDisputeFileView,
    QueuedDisputeView,
)
from wallets.api.dispute_views import (
    AnswerDisputeView,
    DisputeFilesView,
    DisputeFileView,
    DisputesView,
    DisputeView,
    WithdrawDisputeView,
)
from wallets.api.fx_views import (
    ConversionsView,
    ConversionView,
    QuotesView,
    QuoteView,
    RatesView,
)
from wallets.api.history_views import HistoryView, StatementView
from wallets.api.hold_views import (
    CaptureHoldView,
    HoldView,
    ReleaseHoldView,
    WalletHoldsView,
)
from wallets.api.life_views import (
    AlertsView,
    CloseWalletView,
    FreezeView,
    PayeeView,
    UnfreezeView,
)
from wallets.api.limit_views import LimitsView
from wallets.api.proof_views import TransferProofView
from wallets.api.request_views import (
    CancelPaymentRequestView,
    PaymentRequestsView,
    PaymentRequestView,
    PayRequestView,
)
from wallets.api.schedule_views import (
    PauseScheduleView,
    ResumeScheduleView,
    ScheduleRunsView,
    SchedulesView,
    ScheduleView,
)
from wallets.api.transfer_views import TransfersView, TransferView
from wallets.api.transit_views import (
    CancelTransferView,
    ClaimTransferView,
    RecoverTransferView,
    ReverseTransferView,
)
from wallets.api.views import BalanceView, WalletView

urlpatterns: list[URLPattern | URLResolver] = [
    path("fx/rates", RatesView.as_view()),
    path("fx/quotes", QuotesView.as_view()),
    path("fx/quotes/<uuid:quote_id>", QuoteView.as_view()),
    path("fx/conversions", ConversionsView.as_view()),
    path("fx/conversions/<str:reference>", ConversionView.as_view()),
    path("dispute-queue", DisputeQueueView.as_view()),
    path("dispute-queue/<str:reference>", QueuedDisputeView.as_view()),
    path("dispute-queue/<str:reference>/ask", AskPartyView.as_view()),
    path("dispute-queue/<str:reference>/assign", AssignDisputeView.as_view()),
    path("dispute-queue/<str:reference>/decide", DecideDisputeView.as_view()),
    path(
        "dispute-queue/<str:reference>/evidence/<uuid:evidence_id>",
        QueuedDisputeFileView.as_view(),
    ),
    path("dispute-queue/<str:reference>/propose", ProposeDecisionView.as_view()),
    path("disputes", DisputesView.as_view()),
    path("disputes/<str:reference>", DisputeView.as_view()),
    path("disputes/<str:reference>/answer", AnswerDisputeView.as_view()),
    path("disputes/<str:reference>/evidence", DisputeFilesView.as_view()),
    path("disputes/<str:reference>/evidence/<uuid:evidence_id>", DisputeFileView.as_view()),
    path("disputes/<str:reference>/withdraw", WithdrawDisputeView.as_view()),
    path("holds/<str:reference>", HoldView.as_view()),
    path("holds/<str:reference>/capture", CaptureHoldView.as_view()),
    path("holds/<str:reference>/release", ReleaseHoldView.as_view()),
    path("payment-requests", PaymentRequestsView.as_view()),
    path("payment-requests/<uuid:request_id>", PaymentRequestView.as_view()),
    path("payment-requests/<uuid:request_id>/cancel", CancelPaymentRequestView.as_view()),
    path("payment-requests/<uuid:request_id>/pay", PayRequestView.as_view()),
    path("scheduled-transfers", SchedulesView.as_view()),
    path("scheduled-transfers/<uuid:schedule_id>", ScheduleView.as_view()),
    path("scheduled-transfers/<uuid:schedule_id>/pause", PauseScheduleView.as_view()),
    path("scheduled-transfers/<uuid:schedule_id>/resume", ResumeScheduleView.as_view()),
    path("scheduled-transfers/<uuid:schedule_id>/runs", ScheduleRunsView.as_view()),
    path("transfers", TransfersView.as_view()),
    path("transfers/batch", TransferBatchView.as_view()),
    path("transfers/<str:reference>", TransferView.as_view()),
    path("transfers/<str:reference>/cancel", CancelTransferView.as_view()),
    path("transfers/<str:reference>/claim", ClaimTransferView.as_view()),
    path("transfers/<str:reference>/proof", TransferProofView.as_view()),
    path("transfers/<str:reference>/recover", RecoverTransferView.as_view()),
    path("transfers/<str:reference>/reverse", ReverseTransferView.as_view()),
    path("wallets/<str:number>", WalletView.as_view()),
    path("wallets/<str:number>/alerts", AlertsView.as_view()),
    path("wallets/<str:number>/balance", BalanceView.as_view()),
    path("wallets/<str:number>/close", CloseWalletView.as_view()),
    path("wallets/<str:number>/freeze", FreezeView.as_view()),
    path("wallets/<str:number>/holds", WalletHoldsView.as_view()),
    path("wallets/<str:number>/limits", LimitsView.as_view()),
    path("wallets/<str:number>/payee", PayeeView.as_view()),
    path("wallets/<str:number>/statement", StatementView.as_view()),
    path("wallets/<str:number>/transactions", HistoryView.as_view()),
    path("wallets/<str:number>/unfreeze", UnfreezeView.as_view()),
]
