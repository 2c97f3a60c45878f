from django.urls import URLPattern, URLResolver, path

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
from wallets.api.transfer_views import TransfersView, TransferView
from wallets.api.views import BalanceView, WalletView

urlpatterns: list[URLPattern | URLResolver] = [
    path("fx/rates", RatesView.as_view()),
    path("fx/quotes", QuotesView.as_view()),
    path("fx/quotes/<uuid:quote_id>", QuoteView.as_view()),
    path("fx/conversions", ConversionsView.as_view()),
    path("fx/conversions/<str:reference>", ConversionView.as_view()),
    path("holds/<str:reference>", HoldView.as_view()),
    path("holds/<str:reference>/capture", CaptureHoldView.as_view()),
    path("holds/<str:reference>/release", ReleaseHoldView.as_view()),
    path("transfers", TransfersView.as_view()),
    path("transfers/<str:reference>", TransferView.as_view()),
    path("wallets/<str:number>", WalletView.as_view()),
    path("wallets/<str:number>/alerts", AlertsView.as_view()),
    path("wallets/<str:number>/balance", BalanceView.as_view()),
    path("wallets/<str:number>/close", CloseWalletView.as_view()),
    path("wallets/<str:number>/freeze", FreezeView.as_view()),
    path("wallets/<str:number>/holds", WalletHoldsView.as_view()),
    path("wallets/<str:number>/payee", PayeeView.as_view()),
    path("wallets/<str:number>/statement", StatementView.as_view()),
    path("wallets/<str:number>/transactions", HistoryView.as_view()),
    path("wallets/<str:number>/unfreeze", UnfreezeView.as_view()),
]
