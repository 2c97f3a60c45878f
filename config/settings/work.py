"""Celery. A message is only a hint: the work is a row that a sweep will find."""

from celery.schedules import crontab

from config.settings.data import DATABASES, REDIS_URL
from config.settings.environment import EMBEDDED, env

_database = DATABASES["default"]
CELERY_BROKER_URL = REDIS_URL or (
    f"pgmq://{_database['USER']}:{_database['PASSWORD']}"
    f"@{_database['HOST']}:{_database['PORT']}/{_database['NAME']}"
)
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, float] = {"visibility_timeout": 300}
if not REDIS_URL:
    # Short questions, often: a long poll would hold a snapshot open and delay a stop.
    CELERY_BROKER_TRANSPORT_OPTIONS |= {
        "init_extension": False,
        "wait_time_seconds": 0,
        "polling_interval": 0.2,
    }
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 4
CELERY_WORKER_ENABLE_REMOTE_CONTROL = bool(REDIS_URL)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"

# The period of every recovery sweep, and the age at which it takes a row up.
PURSER_SWEEP_SECONDS = env.int("PURSER_SWEEP_SECONDS", default=60)

CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    # By the clock, though not at one hour of the day: an interval would begin anew with each start
    # of the scheduler, and some installations run for a few hours at a time.
    "prune-answers": {"task": "accounts.tasks.prune_answers", "schedule": crontab(minute=47)},
    "prune-logins": {
        "task": "accounts.tasks.prune_logins",
        "schedule": crontab(minute=17),
    },
    "prune-offline": {"task": "offline.tasks.prune_offline", "schedule": 300.0},
    "publish-revocations": {"task": "offline.tasks.publish_revocations", "schedule": 3600.0},
    "reclaim-certificates": {
        "task": "offline.tasks.reclaim_certificates",
        "schedule": float(PURSER_SWEEP_SECONDS),
    },
    "seal-journal": {
        "task": "ledger.tasks.seal_journal",
        "schedule": float(PURSER_SWEEP_SECONDS),
        "options": {"expires": float(PURSER_SWEEP_SECONDS)},
    },
    "destroy-due-keys": {
        "task": "accounts.tasks.destroy_due_keys",
        "schedule": crontab(hour=3, minute=47),
    },
    "escalate-disputes": {
        "task": "wallets.tasks.escalate_disputes",
        "schedule": float(PURSER_SWEEP_SECONDS),
    },
    "end-freezes": {
        "task": "wallets.tasks.end_freezes",
        "schedule": float(PURSER_SWEEP_SECONDS),
    },
    "judge-alerts": {
        "task": "wallets.tasks.judge_alerts",
        "schedule": float(PURSER_SWEEP_SECONDS),
    },
    "refresh-rates": {
        "task": "wallets.tasks.refresh_rates",
        "schedule": float(PURSER_SWEEP_SECONDS),
    },
    "prune-quotes": {"task": "wallets.tasks.prune_quotes", "schedule": crontab(minute=37)},
    # What is due is due whatever the pace of recovery sweeps.
    "run-schedules": {
        "task": "wallets.tasks.run_schedules",
        "schedule": min(float(PURSER_SWEEP_SECONDS), 30.0),
    },
    "release-expired-holds": {
        "task": "wallets.tasks.release_expired_holds",
        "schedule": float(PURSER_SWEEP_SECONDS),
    },
    # What customers hear of soon after it happened; with nobody listening, two short questions.
    "relay-events": {
        "task": "events.tasks.relay_events",
        "schedule": 2.0,
        "options": {"expires": 10.0},
    },
    "send-deliveries": {
        "task": "events.tasks.send_deliveries",
        "schedule": 2.0,
        "options": {"expires": 10.0},
    },
    "prune-deliveries": {
        "task": "events.tasks.prune_deliveries",
        "schedule": crontab(minute=37),
    },
    "settle-transits": {
        "task": "wallets.tasks.settle_transits",
        "schedule": float(PURSER_SWEEP_SECONDS),
    },
    "send-invitations": {
        "task": "wallets.tasks.send_invitations",
        "schedule": float(PURSER_SWEEP_SECONDS),
    },
    "prove-money": {"task": "payments.tasks.prove_money", "schedule": crontab(minute="*/15")},
    "reconcile-days": {"task": "payments.tasks.reconcile_days", "schedule": crontab(minute=27)},
    "sweep-deposits": {
        "task": "payments.tasks.sweep_deposits",
        "schedule": float(PURSER_SWEEP_SECONDS),
    },
    "sweep-payout-batches": {
        "task": "payments.tasks.sweep_payout_batches",
        "schedule": float(PURSER_SWEEP_SECONDS),
    },
    "sweep-payouts": {
        "task": "payments.tasks.sweep_payouts",
        "schedule": float(PURSER_SWEEP_SECONDS),
    },
    "sweep-refunds": {
        "task": "payments.tasks.sweep_refunds",
        "schedule": float(PURSER_SWEEP_SECONDS),
    },
    "sweep-webhooks": {
        "task": "payments.tasks.sweep_webhooks",
        "schedule": float(PURSER_SWEEP_SECONDS),
    },
}
if EMBEDDED:
    # The simulated provider's own clockwork, at its own pace.
    CELERY_BEAT_SCHEDULE["simulator-webhooks"] = {
        "task": "payments.simulators.tasks.deliver_webhooks",
        "schedule": 2.0,
        "options": {"expires": 10.0},
    }
