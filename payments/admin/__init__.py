"""The back office of payments: to be looked at, with actions that call operations."""

from payments.admin import deposits, money_proof, payouts, reconciliation, refunds, webhooks

__all__ = ["deposits", "money_proof", "payouts", "reconciliation", "refunds", "webhooks"]
