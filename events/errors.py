"""Every refusal of the event log."""


class EventRefusal(Exception):
    """The event log said no, and nothing was changed."""

    code = "event_refusal"


class OutsideTransaction(EventRefusal):
    """An event was appended with no transaction open around the thing it tells of."""

    code = "outside_transaction"

    def __init__(self) -> None:
        super().__init__("An event must be written in the transaction that it tells of.")
