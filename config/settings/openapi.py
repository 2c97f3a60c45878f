"""The OpenAPI document that the server publishes about itself."""

from config.api.components import COMPONENTS

SPECTACULAR_SETTINGS = {
    "TITLE": "Purser",
    "VERSION": "1",
    "DESCRIPTION": "A self-hosted e-wallet. Money is a decimal string and an ISO 4217 code.",
    "OAS_VERSION": "3.1.0",
    "APPEND_COMPONENTS": COMPONENTS,
    "ENUM_NAME_OVERRIDES": {
        "CurrencyEnum": "wallets.api.serializers.CURRENCY_CODES",
        "DepositStatus": "payments.models.Deposit.Status",
        "AskedParty": "wallets.api.dispute_serializers.ASKED_PARTIES",
        "DisputeParty": "wallets.models.Party",
        "DisputeStatus": "wallets.models.DisputeStatus",
        "DocumentKind": "accounts.models.DocumentKind",
        "DocumentStatus": "accounts.models.DocumentStatus",
        "EventDeliveryStatus": "events.models.DeliveryStatus",
        "HoldStatus": "wallets.models.HoldStatus",
        "PaymentRequestStatus": "wallets.models.PaymentRequestStatus",
        "ProposalStatus": "accounts.models.ProposalStatus",
        "QuoteStatus": "wallets.api.fx_serializers.QUOTE_STATUSES",
        "RefundStatus": "payments.models.Refund.Status",
        "RunStatus": "wallets.models.RunStatus",
        "ScheduleStatus": "wallets.models.ScheduleStatus",
        # Payouts have the same.
        "TransferStatus": "wallets.models.TransferStatus",
        "WalletKind": "wallets.models.WalletKind",
        "WalletStatus": "wallets.models.WalletStatus",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "accounts.api.schema.add_allauth",
    ],
    "SCHEMA_PATH_PREFIX": r"/api/v[0-9]",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}
