"""What customers are told of what happens: over webhooks and streams."""

from config.settings.environment import EMBEDDED, env
from events.addresses import Policy

# Nouns of the events that are a customer's business. The rest of the log is about their logins
# and credentials, and is told by mail.
TOLD_EVENTS = [
    "conversion",
    "deposit",
    "dispute",
    "hold",
    "offline",
    "payment",
    "payment_request",
    "payout",
    "refund",
    "scheduled_transfer",
    "transfer",
    "wallet",
    "webhook_endpoint",
]
# Knows whom else an event concerns, and what wallets hold: see events.telling.
EVENT_TELLER = "wallets.telling"
# Seals the secrets of webhook endpoints: see events.sealing.
SEALER = "accounts.vault"

# Ports that webhooks may be sent to. For trials on one's own machine, 1 lets them go to
# 127.0.0.1 as well, on any port and without TLS.
WEBHOOK_POLICY = Policy(
    ports=frozenset(map(int, env.list("WEBHOOK_PORTS", default=["443"]))),
    local=EMBEDDED and env.bool("WEBHOOK_LOCAL", default=False),
)

# Each open stream keeps one thread of the web server busy: so many in a process, so many for one
# person, and so many seconds until the client has to come again, which it does by itself.
STREAMS_PER_PROCESS = env.int("STREAMS_PER_PROCESS", default=12)
STREAMS_PER_PERSON = env.int("STREAMS_PER_PERSON", default=4)
STREAM_SECONDS = env.int("STREAM_SECONDS", default=300)

# What /metrics looks up in the database, each app's part.
MEASURES = ["events.measures.measures", "payments.measures.measures"]
