"""Why a voucher was not simply paid, as devices are told. Pure."""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """The protocol's codes. All are final for a voucher but `internal_retry`."""

    MALFORMED = "malformed"
    BAD_SIGNATURE = "bad_signature"
    UNKNOWN_CERTIFICATE = "unknown_certificate"
    KEY_MISMATCH = "key_mismatch"
    WALLET_MISMATCH = "wallet_mismatch"
    WRONG_CURRENCY = "wrong_currency"
    SELF_PAYMENT = "self_payment"
    NOT_PARTY = "not_party"
    OVER_VOUCHER_LIMIT = "over_voucher_limit"
    OVER_CUMULATIVE = "over_cumulative"
    OVER_COUNT = "over_count"
    OUTSIDE_VALIDITY = "outside_validity"
    FUTURE_DATED = "future_dated"
    LATE = "late"
    REVOKED_BEFORE_ACCEPTANCE = "revoked_before_acceptance"
    RECEIVER_INACTIVE = "receiver_inactive"
    REQUEST_MISMATCH = "request_mismatch"
    COUNTER_CONFLICT = "counter_conflict"
    CHAIN_INCONSISTENT = "chain_inconsistent"
    UNCOVERED = "uncovered"
    VOIDED = "voided"
    INTERNAL_RETRY = "internal_retry"
