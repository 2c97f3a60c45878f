"""Providers and what they are reached with."""

from config.settings.environment import EMBEDDED, ROOT, env

PAYSTACK_BASE_URL = env("PAYSTACK_BASE_URL", default="https://api.paystack.co").rstrip("/")
PAYSTACK_SECRET_KEY = env("PAYSTACK_SECRET_KEY", default="")

# Stripe signs webhooks with a secret of each endpoint, and not with the API's key.
STRIPE_API_BASE = env("STRIPE_API_BASE", default="https://api.stripe.com").rstrip("/")
STRIPE_SECRET_KEY = env("STRIPE_SECRET_KEY", default="")
STRIPE_WEBHOOK_SECRET = env("STRIPE_WEBHOOK_SECRET", default="")

# A provider for trials, in embedded mode only.
MOCK_BASE_URL = env("MOCK_BASE_URL", default="").rstrip("/")
MOCK_SECRET_KEY = env("MOCK_SECRET_KEY", default="")
# How it signs webhooks: "hmac" over time and body, or "jwt", a token with the body's digest.
MOCK_WEBHOOK_SIGNING = env("MOCK_WEBHOOK_SIGNING", default="hmac")

# How long a provider may take to connect, and to send the next byte. Opening a checkout takes
# three calls at worst, and must end well before its idempotency key is given to another.
PROVIDER_CONNECT_SECONDS = env.float("PROVIDER_CONNECT_SECONDS", default=3.0)
PROVIDER_READ_SECONDS = env.float("PROVIDER_READ_SECONDS", default=7.0)

# Where a checkout sends the payer's browser afterwards: the address of a page of yours, or
# nothing for the plain one that comes with the installation.
DEPOSIT_RETURN_URL = env("DEPOSIT_RETURN_URL", default="")

# Transfers that arrive while others are being made go together in the next database call: many
# times faster through one busy wallet, and no slower for a lonely one.
GATHER_TRANSFERS = env.bool("GATHER_TRANSFERS", default=True)

# A file of exchange rates that is read again and again: .json, .csv, or .xml as the European
# Central Bank has it. The embedded mode has one to try things with.
FX_RATES_FILE = env(
    "FX_RATES_FILE",
    default=str(ROOT / "wallets" / "rate_sources" / "demo.json") if EMBEDDED else "",
)
# Older rates are not used. The central bank's are four days old after a long weekend.
FX_RATES_MAX_AGE_HOURS = env.float("FX_RATES_MAX_AGE_HOURS", default=96.0)

# Disputes: how old a transfer may be, how long a party has to answer and staff to decide, in days;
# and for which reasons the recipient's money is set aside meanwhile.
DISPUTE_WINDOW_DAYS = env.int("DISPUTE_WINDOW_DAYS", default=120)
DISPUTE_ANSWER_DAYS = env.int("DISPUTE_ANSWER_DAYS", default=7)
DISPUTE_DECIDE_DAYS = env.int("DISPUTE_DECIDE_DAYS", default=14)
DISPUTE_HOLD_REASONS = env.list("DISPUTE_HOLD_REASONS", default=["unauthorised", "wrong_recipient"])

# What `ledger_verify` proves, each app's part.
LEDGER_CHECKS = [
    "ledger.checks.LEDGER_CHECKS",
    "ledger.seal_checks.SEAL_CHECKS",
    "wallets.checks.WALLET_CHECKS",
    "wallets.promise_checks.PROMISE_CHECKS",
    "payments.checks.PAYMENT_CHECKS",
    "payments.payout_checks.PAYOUT_CHECKS",
    "payments.refund_checks.REFUND_CHECKS",
    "payments.reconciliation_checks.RECONCILIATION_CHECKS",
    "offline.checks.OFFLINE_CHECKS",
]
