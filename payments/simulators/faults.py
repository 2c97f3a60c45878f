"""How badly the simulated providers behave: rates from 0 to 1, and how long things take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from payments.simulators.errors import InvalidFault

LONGEST_SECONDS = 864_000.0


@dataclass(frozen=True, slots=True)
class Faults:
    """`_seconds` are sizes; everything else is the share of cases it happens in.

    Calls: `error` answers 502 and does nothing, `error_after` does it and answers 502;
    `timeout` hangs and does nothing, `timeout_after` does it and hangs; `delay` answers late;
    `reset` does it and breaks off in the middle of the answer; `rate_limit` answers 429.
    Webhooks: `duplicate` sends two, `reorder` lets later ones overtake, `lost_webhook` sends
    none, `early_webhook` sends before the answer to the call, `late_webhook` after
    `late_seconds`, `bad_signature` signs with another key, `stale_timestamp` as of an hour ago.
    Payments: `wrong_amount` takes one minor unit less, `wrong_currency` another currency,
    `late_payment` succeeds only after `late_seconds`.
    Payouts: `payout_failed`, `payout_reversed` after it succeeded, `payout_stuck` stays
    pending; `low_balance` refuses what the provider does not hold for us. Refunds:
    `refund_failed`, `refund_stuck`.
    """

    error: float = 0.0
    error_after: float = 0.0
    timeout: float = 0.0
    timeout_after: float = 0.0
    delay: float = 0.0
    reset: float = 0.0
    rate_limit: float = 0.0
    duplicate: float = 0.0
    reorder: float = 0.0
    lost_webhook: float = 0.0
    early_webhook: float = 0.0
    late_webhook: float = 0.0
    bad_signature: float = 0.0
    stale_timestamp: float = 0.0
    wrong_amount: float = 0.0
    wrong_currency: float = 0.0
    late_payment: float = 0.0
    payout_failed: float = 0.0
    payout_reversed: float = 0.0
    payout_stuck: float = 0.0
    low_balance: float = 0.0
    refund_failed: float = 0.0
    refund_stuck: float = 0.0
    delay_seconds: float = 2.0
    timeout_seconds: float = 12.0
    webhook_seconds: float = 1.0
    reorder_seconds: float = 10.0
    late_seconds: float = 3600.0
    payout_seconds: float = 1.0
    reversal_seconds: float = 5.0
    refund_seconds: float = 1.0

    def changed(self, values: Mapping[str, Any]) -> Faults:
        """Return these faults with `values` instead; raises `InvalidFault`.

        A rate may also be called one: `error_rate`; and `time_out` is `timeout`.
        """
        values = {_spelled(name): value for name, value in values.items()}
        names = {field.name for field in fields(self)}
        for name, value in values.items():
            if name not in names:
                raise InvalidFault(
                    f"There is no fault {name!r}; there are {', '.join(sorted(names))}."
                )
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise InvalidFault(f"{name} must be a number.")
            largest = LONGEST_SECONDS if name.endswith("_seconds") else 1.0
            if not 0 <= value <= largest:
                raise InvalidFault(f"{name} must be between 0 and {largest:g}.")
        return replace(self, **{name: float(value) for name, value in values.items()})

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


def _spelled(name: str) -> str:
    spelled = name.replace("-", "_").replace("time_out", "timeout").removesuffix("_rate")
    return "reset" if spelled == "connection_reset" else spelled
