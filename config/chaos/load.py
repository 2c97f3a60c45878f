"""Keyed transfers between random people, from threads, for as long as it is wanted."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Sequence

from config.chaos.client import Answer, Client, Order, Person


class Load:
    """Sends orders and remembers, for each, the answer or that none came."""

    def __init__(self, port: int, people: Sequence[Person], *, threads: int) -> None:
        self.answered: dict[Order, Answer] = {}
        self.unknown: list[Order] = []
        self._port = port
        self._people = people
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._work) for _ in range(threads)]

    def start(self) -> None:
        """Begin sending."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop sending, and wait for what is on its way."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def done(self) -> int:
        """Return how many orders were acknowledged so far."""
        return sum(answer.done for answer in list(self.answered.values()))

    def _work(self) -> None:
        client = Client(self._port)
        dice = random.Random()  # noqa: S311 -- any spread will do
        while not self._stopping.is_set():
            payer, receiver = dice.sample(self._people, 2)
            order = Order(str(uuid.uuid4()), payer, receiver.wallet, dice.randint(1, 99))
            answer = client.send(order)
            # One operation each, which the interpreter does not interrupt.
            if answer:
                self.answered[order] = answer
            else:
                self.unknown.append(order)
                time.sleep(0.05)
