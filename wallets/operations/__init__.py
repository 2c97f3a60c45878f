"""What can be done with wallets: each verb in a file of its own."""

from wallets.operations.alerts import judge_alerts, set_alerts
from wallets.operations.answer_dispute import (
    answer_dispute,
    read_evidence,
    submit_evidence,
    withdraw_dispute,
)
from wallets.operations.capture_hold import Capture, capture_hold
from wallets.operations.change_label import change_label
from wallets.operations.change_schedule import (
    ScheduleChange,
    cancel_schedule,
    change_schedule,
    pause_schedule,
    resume_schedule,
)
from wallets.operations.close_wallet import close_for_erasure, close_wallet
from wallets.operations.convert import ConversionOrder, convert
from wallets.operations.count_use import count_use
from wallets.operations.decide_dispute import (
    DisputeProposal,
    approve_dispute,
    propose_dispute,
    turn_down_dispute,
)
from wallets.operations.decide_rule import approve_rule, reject_rule
from wallets.operations.expire_holds import expire_holds
from wallets.operations.file_dispute import DisputeOrder, file_dispute
from wallets.operations.freeze_wallet import (
    FreezeOrder,
    expire_freezes,
    freeze_wallet,
    unfreeze_wallet,
)
from wallets.operations.gather_transfer import gather_transfer
from wallets.operations.handle_dispute import ask_party, assign_dispute, escalate_disputes
from wallets.operations.offline_money import (
    OfflinePayment,
    Shares,
    fund_reserve,
    give_back,
    lock_reserve,
    pay_offline,
    set_aside,
)
from wallets.operations.open_wallet import open_wallet
from wallets.operations.place_hold import HoldOrder, hold_what_is_there, place_hold
from wallets.operations.propose_rule import (
    Proposal,
    check_fee,
    check_limits,
    propose_fee,
    propose_limits,
)
from wallets.operations.quote_exchange import QuoteOrder, prune_quotes, quote_exchange
from wallets.operations.receive import Incoming, receive
from wallets.operations.record_rates import rate_changes, record_rates
from wallets.operations.refresh_rates import refresh_rates
from wallets.operations.release_hold import release_hold
from wallets.operations.request_payment import (
    PaymentOrder,
    RequestOrder,
    cancel_payment_request,
    pay_request,
    request_payment,
)
from wallets.operations.return_capture import return_capture
from wallets.operations.reverse_transfer import ReversalOrder, reverse_transfer
from wallets.operations.run_schedules import run_schedules
from wallets.operations.schedule_transfer import Retry, ScheduleOrder, schedule_transfer
from wallets.operations.send_batch import LARGEST_BATCH, send_batch
from wallets.operations.send_in_transit import TransitOrder, send_in_transit
from wallets.operations.send_invitations import send_invitations
from wallets.operations.set_spread import set_spread
from wallets.operations.settle_transit import (
    Recovery,
    cancel_transfer,
    claim_transfer,
    claim_waiting,
    recover_transfer,
    settle_transit,
    settle_transits,
)
from wallets.operations.stop_debits import allow_debits, debits_let_through, stop_debits
from wallets.operations.transfer import AnswerToKeep, TransferOrder, transfer
from wallets.operations.transfer_many import TransferTask, transfer_many

__all__ = [
    "LARGEST_BATCH",
    "AnswerToKeep",
    "Capture",
    "ConversionOrder",
    "DisputeOrder",
    "DisputeProposal",
    "FreezeOrder",
    "HoldOrder",
    "Incoming",
    "OfflinePayment",
    "PaymentOrder",
    "Proposal",
    "QuoteOrder",
    "Recovery",
    "RequestOrder",
    "Retry",
    "ReversalOrder",
    "ScheduleChange",
    "ScheduleOrder",
    "Shares",
    "TransferOrder",
    "TransferTask",
    "TransitOrder",
    "allow_debits",
    "answer_dispute",
    "approve_dispute",
    "approve_rule",
    "ask_party",
    "assign_dispute",
    "cancel_payment_request",
    "cancel_schedule",
    "cancel_transfer",
    "capture_hold",
    "change_label",
    "change_schedule",
    "check_fee",
    "check_limits",
    "claim_transfer",
    "claim_waiting",
    "close_for_erasure",
    "close_wallet",
    "convert",
    "count_use",
    "debits_let_through",
    "escalate_disputes",
    "expire_freezes",
    "expire_holds",
    "file_dispute",
    "freeze_wallet",
    "fund_reserve",
    "gather_transfer",
    "give_back",
    "hold_what_is_there",
    "judge_alerts",
    "lock_reserve",
    "open_wallet",
    "pause_schedule",
    "pay_offline",
    "pay_request",
    "place_hold",
    "propose_dispute",
    "propose_fee",
    "propose_limits",
    "prune_quotes",
    "quote_exchange",
    "rate_changes",
    "read_evidence",
    "receive",
    "record_rates",
    "recover_transfer",
    "refresh_rates",
    "reject_rule",
    "release_hold",
    "request_payment",
    "resume_schedule",
    "return_capture",
    "reverse_transfer",
    "run_schedules",
    "schedule_transfer",
    "send_batch",
    "send_in_transit",
    "send_invitations",
    "set_alerts",
    "set_aside",
    "set_spread",
    "settle_transit",
    "settle_transits",
    "stop_debits",
    "submit_evidence",
    "transfer",
    "transfer_many",
    "turn_down_dispute",
    "unfreeze_wallet",
    "withdraw_dispute",
]
