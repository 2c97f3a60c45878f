"""The adapter over real sockets: against the simulator, and against servers that break."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from ledger.money import Money
from payments.providers.base import (
    DUPLICATE_REFERENCE,
    NOT_FOUND,
    CheckoutRequest,
    Done,
    Payment,
    PaymentState,
    Refused,
    Unknown,
)
from payments.providers.paystack.client import PaystackClient
from payments.providers.paystack.provider import Paystack
from payments.providers.registry import provider
from payments.simulators.models import SimulatedPayment
from payments.tests.conftest import Simulator

REQUEST = CheckoutRequest(
    reference="DEP-01ARZ3NDEKTSV4RRFFQ6",
    amount=Money.of("5000.00", "NGN"),
    payer_email="alice@example.com",
    return_url="http://127.0.0.1/return",
)


def open_checkout(paystack: Paystack) -> str:
    outcome = paystack.create_checkout(REQUEST)
    assert isinstance(outcome, Done)
    return outcome.value.authorization_url


def verified(paystack: Paystack) -> Payment:
    outcome = paystack.verify_payment(REQUEST.reference)
    assert isinstance(outcome, Done)
    return outcome.value


def test_opens_a_checkout_for_exactly_what_is_asked(paystack: Paystack) -> None:
    url = open_checkout(paystack)

    assert "/simulator/paystack/checkout/" in url
    asked = SimulatedPayment.objects.get()
    assert (asked.reference, asked.requested_minor, asked.currency, asked.email) == (
        REQUEST.reference,
        500000,
        "NGN",
        "alice@example.com",
    )


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        ("success", PaymentState.PAID),
        ("failed", PaymentState.FAILED),
        ("abandoned", PaymentState.UNPAID),
    ],
)
def test_learns_what_became_of_a_payment(
    paystack: Paystack, simulator: Simulator, outcome: str, state: PaymentState
) -> None:
    simulator.pay(open_checkout(paystack), outcome)

    payment = verified(paystack)

    assert (payment.state, payment.requested_minor, payment.currency) == (state, 500000, "NGN")


def test_a_second_checkout_under_one_reference_is_refused(paystack: Paystack) -> None:
    open_checkout(paystack)

    outcome = paystack.create_checkout(REQUEST)

    assert isinstance(outcome, Refused)
    assert outcome.code == DUPLICATE_REFERENCE


def test_an_unknown_reference_is_not_found(paystack: Paystack) -> None:
    outcome = paystack.verify_payment("DEP-00000000000000000000")

    assert isinstance(outcome, Refused)
    assert outcome.code == NOT_FOUND


def test_a_wrong_key_is_refused_and_not_taken_for_not_found(origin: str) -> None:
    client = PaystackClient(
        base_url=f"{origin}/simulator/paystack", secret_key="sk_test_other", timeouts=(1, 1)
    )

    outcome = Paystack(client=client, secret_key="sk_test_other").verify_payment("DEP-1")

    assert outcome == Refused("invalid_Key", "Invalid key")


@pytest.mark.parametrize(
    ("fault", "reason", "happened"),
    [
        ("error", "http_502", False),
        ("error_after", "http_502", True),
        ("timeout", "ReadTimeout", False),
        ("timeout_after", "ReadTimeout", True),
    ],
)
def test_an_answer_that_does_not_come_is_unknown_whether_or_not_it_happened(
    simulator: Simulator, settings: Any, fault: str, reason: str, *, happened: bool
) -> None:
    settings.PROVIDER_READ_SECONDS = 0.5
    simulator.set_faults(**{fault: 1, "timeout_seconds": 1})

    assert provider("paystack").create_checkout(REQUEST) == Unknown(reason)

    assert SimulatedPayment.objects.exists() is happened


@contextmanager
def server(answer: Callable[[socket.socket], None]) -> Iterator[Paystack]:
    """An adapter whose provider takes a connection, reads a request, and then does `answer`."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                answer(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        client = PaystackClient(
            base_url=f"http://127.0.0.1:{listener.getsockname()[1]}",
            secret_key="sk_test_x",
            timeouts=(0.5, 0.5),
        )
        try:
            yield Paystack(client=client, secret_key="sk_test_x")
        finally:
            thread.join()


def saying(status: str, body: bytes) -> Callable[[socket.socket], None]:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return lambda connection: connection.sendall(head.encode() + body)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        ("200 OK", b"<html>hello</html>"),
        ("200 OK", b"[]"),
        ("200 OK", b"{}"),
        ("200 OK", b'{"status": true}'),
        ("200 OK", b'{"status": true, "data": null}'),
        ("200 OK", b'{"status": "true", "data": {}}'),
        ("200 OK", b'{"status": false, "message": "Transaction reference not found"}'),
        ("200 OK", b'{"status": true, "data": {"reference": "OTHER", "status": "success"}}'),
        ("200 OK", b'{"status":true,"data":{"reference":"R","status":"success"}}'),
        ("200 OK", b'{"status":true,"data":{"reference":"R","status":"paid","amount":1}}'),
        (
            "200 OK",
            (
                b'{"status":true,"data":{"reference":"R","status":"success","amount":"1",'
                b'"currency":"NGN"}}'
            ),
        ),
        ("302 Found", b'{"status": true, "data": {}}'),
        ("400 Bad Request", b"<html>proxy says no</html>"),
        ("404 Not Found", b""),
        ("429 Too Many Requests", b'{"status": false, "message": "slow down"}'),
        ("500 Oops", b'{"status": false, "message": "Transaction reference not found"}'),
        ("503 Away", b""),
    ],
)
def test_anything_that_is_not_their_answer_is_unknown(status: str, body: bytes) -> None:
    with server(saying(status, body)) as paystack:
        assert isinstance(paystack.verify_payment("R"), Unknown)


def test_a_dropped_connection_is_unknown() -> None:
    with server(lambda connection: None) as paystack:
        assert isinstance(paystack.verify_payment("R"), Unknown)
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"
    with server(lambda connection: connection.sendall(half)) as paystack:
        assert isinstance(paystack.verify_payment("R"), Unknown)


def test_an_endless_answer_is_cut_off() -> None:
    def pour(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            while True:
                connection.sendall(b" " * 65536)
        except OSError:
            return

    with server(pour) as paystack:
        assert paystack.verify_payment("R") == Unknown("unparsable")


def test_nobody_listening_is_unknown() -> None:
    client = PaystackClient(base_url="http://127.0.0.1:9", secret_key="x", timeouts=(0.5, 0.5))

    assert Paystack(client=client, secret_key="x").verify_payment("R") == Unknown("ConnectionError")


def test_the_key_goes_out_as_a_bearer_and_never_into_an_outcome() -> None:
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                heard.append(connection.recv(65536))
                connection.sendall(b"HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        client = PaystackClient(
            base_url=f"http://127.0.0.1:{listener.getsockname()[1]}",
            secret_key="sk_test_secret",
            timeouts=(0.5, 0.5),
        )
        outcome = Paystack(client=client, secret_key="sk_test_secret").create_checkout(REQUEST)
        thread.join()

    assert b"Authorization: Bearer sk_test_secret" in heard[0]
    assert "secret" not in repr(outcome)


def test_spells_our_references_as_paystack_accepts_them() -> None:
    client = PaystackClient(base_url="http://127.0.0.1:9", secret_key="x", timeouts=(1, 1))

    spelled = Paystack(client=client, secret_key="x").spell("DEP_01ARZ3NDEKTSV4RRFFQ6")

    assert spelled == "DEP-01ARZ3NDEKTSV4RRFFQ6"
