"""What can be done about offline payments: the public verbs."""

from offline.operations.accept_voucher import Outcome, accept_voucher
from offline.operations.acknowledge_key import acknowledge_key
from offline.operations.ask_for_payment import PaymentCode, ask_for_payment
from offline.operations.close_certificate import close_certificate
from offline.operations.confirm_voucher import confirm_voucher
from offline.operations.decide_case import approve_decision, propose_decision
from offline.operations.dispute_voucher import dispute_voucher
from offline.operations.draft_voucher import Draft, draft_voucher
from offline.operations.enrol_device import (
    Enrolment,
    draw_challenge,
    enrol_device,
    prune_challenges,
)
from offline.operations.export_key import destroy_due_exports, export_key, promise_key
from offline.operations.issue_certificate import issue_certificate
from offline.operations.issuer import published_keys, rotate_issuer_key
from offline.operations.publish_revocations import publish_revocations, sign_delta
from offline.operations.reclaim_certificate import reclaim_certificate
from offline.operations.reclaim_due import reclaim_due
from offline.operations.revoke_device import revoke_device
from offline.operations.spend_allowance import prune_allowances, spend_allowance
from offline.operations.verify_messages import Fault, verify_messages

__all__ = [
    "Draft",
    "Enrolment",
    "Fault",
    "Outcome",
    "PaymentCode",
    "accept_voucher",
    "acknowledge_key",
    "approve_decision",
    "ask_for_payment",
    "close_certificate",
    "confirm_voucher",
    "destroy_due_exports",
    "dispute_voucher",
    "draft_voucher",
    "draw_challenge",
    "enrol_device",
    "export_key",
    "issue_certificate",
    "promise_key",
    "propose_decision",
    "prune_allowances",
    "prune_challenges",
    "publish_revocations",
    "published_keys",
    "reclaim_certificate",
    "reclaim_due",
    "revoke_device",
    "rotate_issuer_key",
    "sign_delta",
    "spend_allowance",
    "verify_messages",
]
