"""What every refusal of the wallets is."""

from __future__ import annotations


class WalletRefusal(Exception):
    """A rule about wallets said no, and nothing was changed.

    `code` is stable; `sentence` is what the client is told.
    """

    code = "wallet_refusal"
    sentence = "This is not possible with this wallet."

    def __init__(self, sentence: str | None = None) -> None:
        super().__init__(sentence or self.sentence)
