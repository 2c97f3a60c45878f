"""The back office of payments: to be looked at, with actions that call operations."""

from payments.admin import deposits, payouts, reconciliation, refunds, webhooks

__all__ = ["deposits", "payouts", "reconciliation", "refunds", "webhooks"]
