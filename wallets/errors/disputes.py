"""What is refused about disputes."""

from __future__ import annotations

from wallets.errors.base import WalletRefusal


class DisputeNotFound(WalletRefusal):
    """No such dispute, or none that the caller is a party to."""

    code = "not_found"
    sentence = "There is no such dispute."


class DisputeExists(WalletRefusal):
    """A transfer is disputed once; only a dispute that was withdrawn may be filed again."""

    code = "dispute_exists"
    sentence = "This transfer is disputed already, or was."


class DisputeClosed(WalletRefusal):
    """Nothing more happens to a dispute that has ended."""

    code = "dispute_closed"
    sentence = "This dispute has ended."


class NotDisputable(WalletRefusal):
    """Only a completed transfer of not too long ago is disputed, and for no more than it moved."""

    code = "not_disputable"
    sentence = "This transfer cannot be disputed."


class TooManyDisputes(WalletRefusal):
    """So many disputes of one sender are open, or files of one party, that no more are taken."""

    code = "too_many_disputes"
    sentence = "Too many of your disputes are open."


class DisputeProposalOpen(WalletRefusal):
    """A dispute has one proposal at a time."""

    code = "proposal_open"
    sentence = "A proposal about this dispute waits for a decision already."


class NoDisputeProposal(WalletRefusal):
    """There is nothing to decide: nobody proposed how this dispute should end."""

    code = "no_proposal"
    sentence = "Nobody has proposed how this dispute should end."


class DisputeNeedsTwo(WalletRefusal):
    """Who proposed how a dispute ends does not approve it."""

    code = "second_person_needed"
    sentence = "Somebody else has to approve this."


class OwnDispute(WalletRefusal):
    """Staff do not handle disputes that they are a party to."""

    code = "own_dispute"
    sentence = "You are a party to this dispute: somebody else has to do this."
