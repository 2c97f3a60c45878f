"""Whether every order was carried out as often as its client was told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import psycopg

from config.chaos.client import Answer, Client, Order, Person
from config.chaos.server import Server

# The transfers of each order: its mark, how many there are, and one reference.
Books = Mapping[str, tuple[int, str]]


def read_books(server: Server) -> Books:
    """Return what the database holds for each order that ever reached it."""
    with psycopg.connect(server.database_url()) as connection:
        rows = connection.execute(
            "SELECT t.description, count(*), min(e.reference) FROM wallets_transfer t"
            " JOIN ledger_journalentry e ON e.id = t.entry_id"
            " WHERE t.description LIKE 'chaos %' GROUP BY t.description"
        ).fetchall()
    return {mark: (count, reference) for mark, count, reference in rows}


def read_balances(server: Server, people: Iterable[Person]) -> dict[str, int]:
    """Return the balance of every wallet in minor units, as the API tells it."""
    client = Client(server.port)
    return {
        person.wallet: int(
            client.get(f"/api/v1/wallets/{person.wallet}/balance", person)["total"].replace(".", "")
        )
        for person in people
    }


@dataclass
class Verdict:
    """What was found wrong, a sentence each; nothing when all is well."""

    wrong: list[str] = field(default_factory=list)

    def expect(self, fact: bool, sentence: str) -> None:  # noqa: FBT001 -- reads as a sentence
        """Note the sentence when the fact is not one."""
        if not fact:
            self.wrong.append(sentence)

    def answered(self, order: Order, answer: Answer, books: Books) -> None:
        """An order that was answered is there once, or, when it was refused, not at all."""
        count, reference = books.get(order.mark, (0, ""))
        if answer.done:
            self.expect(count == 1, f"{order.key} was acknowledged and is there {count} times")
            self.expect(
                reference == answer.reference, f"{order.key} is there under another reference"
            )
        else:
            self.expect(count == 0, f"{order.key} was refused and is there {count} times")

    def retried(self, order: Order, before: Books, answer: Answer | None) -> None:
        """The retry of an order without an answer tells what became of the first try."""
        count, reference = before.get(order.mark, (0, ""))
        self.expect(count <= 1, f"{order.key} had no answer and is there {count} times")
        if answer is None:
            self.wrong.append(f"{order.key} gets no answer, even now that all is quiet")
        elif count:
            same = answer.done and answer.reference == reference
            self.expect(same, f"{order.key} was carried out, and its retry says otherwise")
            self.expect(answer.replayed, f"{order.key} was carried out, and its retry is no replay")

    def balances(
        self, before: Mapping[str, int], after: Mapping[str, int], done: Iterable[Order]
    ) -> None:
        """Every wallet holds what it held, less what it was told it sent, plus what came."""
        expected = dict(before)
        for order in done:
            expected[order.payer.wallet] -= order.amount_minor
            expected[order.destination] += order.amount_minor
        for wallet, balance in after.items():
            self.expect(
                balance == expected[wallet],
                f"wallet {wallet} holds {balance}, and should hold {expected[wallet]}",
            )
