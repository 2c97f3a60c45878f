"""What a newcomer finds in an embedded installation: people to log in as, and money to move."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts.errors import EmailTaken
from accounts.models import User
from accounts.operations import add_person
from ledger import chart, references
from ledger.money import Money
from ledger.operations import open_account
from wallets.facts import WalletFacts
from wallets.models import Wallet
from wallets.operations import Incoming, TransferOrder, open_wallet, receive, transfer

PASSWORD = "demo-Pass-2468"  # noqa: S105 -- printed for everybody, embedded mode only


@dataclass(frozen=True, slots=True)
class Character:
    """Somebody of the demo. `holdings` are amounts in major units by currency."""

    email: str
    name: str
    role: str = "user"
    kyc_tier: int = 0
    holdings: tuple[tuple[str, str], ...] = ()


ALICE = Character(
    "alice@example.com", "Alice Adeyemi", "user", 2, (("NGN", "250000.00"), ("USD", "1200.00"))
)
BOB = Character(
    "bob@example.com", "Bob Okafor", "user", 2, (("NGN", "90000.00"), ("USD", "400.00"))
)
CAST = (
    ALICE,
    BOB,
    Character("staff@example.com", "Sade Staff", "staff"),
    Character("admin@example.com", "Ade Admin", "admin"),
    Character("root@example.com", "Ruth Root", "superuser"),
)

# Who pays (True: Alice), how much, in what and for what.
_HISTORY = (
    (True, "7500.00", "NGN", "Lunch at Bukka"),
    (False, "2500.00", "NGN", "Half the taxi"),
    (True, "40000.00", "NGN", "Rent, my share"),
    (True, "60.00", "USD", "Domain and hosting"),
    (False, "15.50", "USD", "Book"),
)


def load() -> int:
    """Add whoever of the cast is missing, with their money and history; return how many.

    All of it or nothing. People who are there are left as they are.
    """
    with transaction.atomic():
        added = [person for person in map(_add, CAST) if person is not None]
        newcomers = {person.email: person for person in added}
        if ALICE.email in newcomers and BOB.email in newcomers:
            _play_history(newcomers[ALICE.email], newcomers[BOB.email])
    return len(added)


def _add(character: Character) -> User | None:
    try:
        person = add_person(
            email=character.email,
            password=PASSWORD,
            role=character.role,
            name=character.name,
            kyc_tier=character.kyc_tier,
        )
    except EmailTaken:
        return None
    for code, amount in character.holdings:
        _open_with(person, Money.of(amount, code))
    return person


def _open_with(person: User, money: Money) -> Wallet:
    source = chart.opening(money.currency.code)
    open_account(source)
    wallet = open_wallet(owner_id=person.id, currency=money.currency)
    receive(
        wallet=wallet,
        incoming=Incoming(
            amount=money,
            source=source,
            reference=f"OPN_{wallet.number}",
            kind="adjustment",
            occurred_at=timezone.now(),
            description="Opening balance",
        ),
    )
    return wallet


def _play_history(alice: User, bob: User) -> None:
    for alice_pays, amount, code, description in _HISTORY:
        payer, payee = (alice, bob) if alice_pays else (bob, alice)
        now = timezone.now()
        transfer(
            order=TransferOrder(
                reference=references.spell("TRF", at=now, entropy=secrets.randbits(64)),
                source=_facts(payer, code),
                destination=_facts(payee, code),
                amount=Money.of(amount, code),
                at=now,
                description=description,
            )
        )


def _facts(person: User, code: str) -> WalletFacts:
    wallet = Wallet.objects.get(owner=person, currency=code)
    return WalletFacts(wallet.number, wallet.account_id, person.id, code)
