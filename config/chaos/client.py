"""A client of the API that knows what it does not know: whether an order was carried out."""

from __future__ import annotations

import http.client
import json
import time
from dataclasses import dataclass
from typing import Any

_TIMEOUT = 10.0


@dataclass(frozen=True)
class Person:
    """A seeded user: a wallet, and the right to spend from it."""

    wallet: str
    token: str


@dataclass(frozen=True)
class Order:
    """One transfer that a person asked for, under one idempotency key."""

    key: str
    payer: Person
    destination: str
    amount_minor: int

    @property
    def mark(self) -> str:
        """Return the description that finds this order's transfers in the database."""
        return f"chaos {self.key}"

    def body(self) -> bytes:
        """Return the request body, the same for every try."""
        amount = f"{self.amount_minor // 100}.{self.amount_minor % 100:02}"
        return json.dumps(
            {
                "source": self.payer.wallet,
                "destination": self.destination,
                "amount": amount,
                "description": self.mark,
            }
        ).encode()


@dataclass(frozen=True)
class Answer:
    """What the server said of an order: done (201), or refused."""

    status: int
    body: bytes
    replayed: bool

    @property
    def done(self) -> bool:
        """Return whether the money moved."""
        return self.status == 201

    @property
    def reference(self) -> str:
        """Return the reference of the transfer that was made."""
        return str(json.loads(self.body)["reference"])


class Client:
    """One connection to one server; broken connections are opened again at the next call."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT)

    def send(self, order: Order) -> Answer | None:
        """Send an order once; None when it is unknown whether it was carried out."""
        headers = {
            "Authorization": f"Bearer {order.payer.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": order.key,
        }
        try:
            self._connection.request("POST", "/api/v1/transfers", order.body(), headers)
            response = self._connection.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            return None
        # 409: an earlier try may still be running. 429 and 5xx: not kept, so not final.
        if response.status in {409, 429} or response.status >= 500:
            return None
        return Answer(response.status, body, response.headers.get("Idempotent-Replayed") == "true")

    def send_until_answered(self, order: Order, *, seconds: float) -> Answer | None:
        """Send an order again and again until the answer is final; None after `seconds`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            answer = self.send(order)
            if answer:
                return answer
            time.sleep(0.2)
        return None

    def get(self, path: str, person: Person) -> Any:
        """Return the JSON at `path`; raises `OSError` when there is none."""
        self._connection.request("GET", path, headers={"Authorization": f"Bearer {person.token}"})
        response = self._connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise OSError(f"GET {path}: {response.status} {body.decode(errors='replace')[:200]}")
        return json.loads(body)
