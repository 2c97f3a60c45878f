"""Every refusal of the event log, and of telling others what it holds."""


class EventRefusal(Exception):
    """The event log said no, and nothing was changed."""

    code = "event_refusal"


class OutsideTransaction(EventRefusal):
    """An event was appended with no transaction open around the thing it tells of."""

    code = "outside_transaction"

    def __init__(self) -> None:
        super().__init__("An event must be written in the transaction that it tells of.")


class AddressRefused(EventRefusal):
    """An address that this installation does not call, whoever asks."""

    code = "address_refused"
    field = "url"


class EndpointNotFound(EventRefusal):
    """There is no such webhook endpoint, or none of the asker's."""

    code = "not_found"


class DeliveryNotFound(EventRefusal):
    """There is no such delivery, or none of the asker's."""

    code = "not_found"


class TooManyEndpoints(EventRefusal):
    """Somebody has as many webhook endpoints as they may."""

    code = "too_many_endpoints"

    def __init__(self, most: int) -> None:
        super().__init__(f"At most {most} webhook endpoints; remove one first.")


class EndpointDisabled(EventRefusal):
    """Nothing is sent to an endpoint that is disabled. Enable it first."""

    code = "endpoint_disabled"


class DeliveryPending(EventRefusal):
    """The delivery is still being tried."""

    code = "delivery_pending"


class SecretUnreadable(EventRefusal):
    """The secret of a webhook endpoint does not open: it was changed, moved, or its key is gone."""

    code = "secret_unreadable"


class UnknownPosition(EventRefusal):
    """`Last-Event-ID` is not the id of an event."""

    code = "unknown_position"
    field = "Last-Event-ID"


class TooManyStreams(EventRefusal):
    """Somebody has as many streams open as they may; close one first."""

    code = "too_many_streams"
    retry_after = 5


class NoStreamFree(EventRefusal):
    """This process has as many streams open as it can carry. Try again in a moment."""

    code = "no_stream_free"
    retry_after = 5
