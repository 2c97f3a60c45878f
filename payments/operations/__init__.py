"""What payments can do: let money in and out, and find out what became of it."""

from payments.operations.add_beneficiary import add_beneficiary
from payments.operations.apply_webhook import apply_webhook
from payments.operations.cancel_payout import cancel_payout
from payments.operations.prove_money import prove_money
from payments.operations.receive_webhook import receive_webhook
from payments.operations.reconcile import Compared, reconcile
from payments.operations.reconcile_days import reconcile_days
from payments.operations.recover_payouts import recover_payouts
from payments.operations.remove_beneficiary import remove_beneficiary
from payments.operations.replay_webhook import replay_webhook
from payments.operations.resolve_break import (
    Resolution,
    approve_resolution,
    propose_resolution,
    turn_down_resolution,
)
from payments.operations.send_payout import send_payout
from payments.operations.send_refund import send_refund, settle_refund
from payments.operations.set_payout_threshold import set_payout_threshold
from payments.operations.settle_deposit import settle_deposit
from payments.operations.settle_payout import ask_about_payout, settle_payout
from payments.operations.start_deposit import start_deposit
from payments.operations.start_payout import PayoutWish, start_payout
from payments.operations.start_payout_batch import (
    run_payout_batch,
    run_payout_batches,
    start_payout_batch,
    start_row,
)
from payments.operations.start_refund import start_refund
from payments.operations.sweep_deposits import ask_about_deposit, sweep_deposits
from payments.operations.sweep_payouts import sweep_payouts
from payments.operations.sweep_refunds import sweep_refunds
from payments.operations.sweep_webhooks import sweep_webhooks
from payments.operations.sync_provider import Difference, sync_provider
from payments.operations.vote_on_payout import vote_on_payout

__all__ = [
    "Compared",
    "Difference",
    "PayoutWish",
    "Resolution",
    "add_beneficiary",
    "apply_webhook",
    "approve_resolution",
    "ask_about_deposit",
    "ask_about_payout",
    "cancel_payout",
    "propose_resolution",
    "prove_money",
    "receive_webhook",
    "reconcile",
    "reconcile_days",
    "recover_payouts",
    "remove_beneficiary",
    "replay_webhook",
    "run_payout_batch",
    "run_payout_batches",
    "send_payout",
    "send_refund",
    "set_payout_threshold",
    "settle_deposit",
    "settle_payout",
    "settle_refund",
    "start_deposit",
    "start_payout",
    "start_payout_batch",
    "start_refund",
    "start_row",
    "sweep_deposits",
    "sweep_payouts",
    "sweep_refunds",
    "sweep_webhooks",
    "sync_provider",
    "turn_down_resolution",
    "vote_on_payout",
]
