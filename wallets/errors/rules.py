"""What is refused by limits, and about the rules themselves."""

from __future__ import annotations

from wallets.errors.base import WalletRefusal


class LimitExceeded(WalletRefusal):
    """The owner's limits, or what the wallet may hold, do not allow this at present."""

    code = "limit_exceeded"
    sentence = "This is more than your limits allow at present."


class InvalidRule(WalletRefusal):
    """What was proposed says nothing that could hold."""

    code = "invalid_rule"
    sentence = "This is no rule about fees or limits."


class RuleClosed(WalletRefusal):
    """A rule is decided once, and in time."""

    code = "rule_closed"
    sentence = "This was decided before, or has waited too long."


class RuleNeedsTwo(WalletRefusal):
    """Fees and limits are approved by another person than the one who proposed them."""

    code = "second_person_needed"
    sentence = "Somebody else must approve what you proposed."
