"""A crowd for benchmarks: any number of people, each with a funded wallet, made set by set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone

from accounts.api.tokens import write_access
from accounts.models import RefreshToken, Role, TokenFamily, User
from accounts.operations import FAMILY_LIFE
from events.models import Event
from ledger import chart
from ledger.entries import Entry, Line
from ledger.money import Money
from ledger.operations import open_account, post_batch
from wallets import numbers
from wallets.models import Wallet, WalletKind

CURRENCY = "NGN"
FUNDS = Money.of("1000000.00", CURRENCY)
TOKEN_LIFE = timedelta(hours=2)
MOST = 1_000_000

_CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class Member:
    """One of the crowd, with a token of a login that was completed just now."""

    email: str
    wallet: str
    access_token: str


def gather(count: int, *, report: Callable[[int], None]) -> list[Member]:
    """Return the first `count` of the crowd with fresh tokens, making those who are missing.

    The same people every time. `report` hears how many are done, chunk by chunk; a chunk is
    there whole or not at all, so that a second call completes a first one that was killed.
    """
    accounts = open_account(chart.opening(CURRENCY))
    members: list[Member] = []
    for number, emails in enumerate(_chunks(_email(index) for index in range(count))):
        with transaction.atomic():
            _add_missing(emails, source_id=accounts[number % len(accounts)])
            members += _log_in(emails)
        report(len(members))
    return members


def _email(index: int) -> str:
    return f"bench-{index + 1:07d}@example.com"


def _chunks(emails: Iterator[str]) -> Iterator[list[str]]:
    while chunk := list(islice(emails, _CHUNK)):
        yield chunk


def _add_missing(emails: Sequence[str], *, source_id: int) -> None:
    known = set(User.objects.filter(email__in=emails).values_list("email", flat=True))
    people = _add_people([email for email in emails if email not in known])
    if people:
        _fund(_open_wallets(people), source_id=source_id)


def _add_people(emails: Sequence[str]) -> list[User]:
    role = Role.objects.get(name="user")
    people = User.objects.bulk_create(
        User(email=email, role=role, kyc_tier=3, password=make_password(None)) for email in emails
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=person, email=person.email, verified=True, primary=True)
        for person in people
    )
    _append("user.added", [(person, {"email": person.email, "role": "user"}) for person in people])
    return people


def _open_wallets(people: Sequence[User]) -> list[Wallet]:
    drawn = _free_numbers(len(people))
    accounts = [chart.wallet(number, CURRENCY) for number in drawn]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT (ledger_open_account(code, kind, %s, 0, 1, false))[1]
            FROM unnest(%s::varchar[], %s::varchar[]) WITH ORDINALITY AS a(code, kind, place)
            ORDER BY place
            """,
            [
                CURRENCY,
                [account.code for account in accounts],
                [account.kind for account in accounts],
            ],
        )
        ids = [account_id for (account_id,) in cursor.fetchall()]
    wallets = Wallet.objects.bulk_create(
        Wallet(account_id=account_id, number=number, owner=person, currency=CURRENCY)
        for account_id, number, person in zip(ids, drawn, people, strict=True)
    )
    data = {"currency": CURRENCY, "kind": WalletKind.CURRENT.value}
    _append("wallet.opened", [(person, data) for person in people], drawn)
    return wallets


def _free_numbers(count: int) -> list[str]:
    while True:
        drawn = {numbers.draw() for _ in range(count)}
        if len(drawn) == count and not Wallet.objects.filter(number__in=drawn).exists():
            return list(drawn)


def _fund(wallets: Sequence[Wallet], *, source_id: int) -> None:
    now = timezone.now()
    post_batch(
        [
            Entry(
                reference=f"OPN_{wallet.number}",
                kind="adjustment",
                lines=(
                    Line(wallet.account_id, FUNDS.amount_minor, "adjustment"),
                    Line(source_id, -FUNDS.amount_minor, "adjustment"),
                ),
                occurred_at=now,
                metadata={"description": "Opening balance"},
            )
            for wallet in wallets
        ],
        atomic=True,
    )


def _log_in(emails: Sequence[str]) -> list[Member]:
    """Record a login of each and write its access token, without a password being typed."""
    wallets = (
        Wallet.objects.filter(owner__email__in=emails, currency=CURRENCY, kind=WalletKind.CURRENT)
        .select_related("owner")
        .order_by("owner__email")
    )
    now = timezone.now()
    tokens = _start_families([wallet.owner for wallet in wallets], now)
    return [
        Member(wallet.owner.email, wallet.number, write_access(token, life=TOKEN_LIFE))
        for wallet, token in zip(wallets, tokens, strict=True)
    ]


def _start_families(people: Sequence[User], at: datetime) -> list[RefreshToken]:
    families = TokenFamily.objects.bulk_create(
        TokenFamily(user=person, authenticated_at=at, expires_at=at + FAMILY_LIFE)
        for person in people
    )
    _append("user.logged_in", [(family.user, {"family": str(family.id)}) for family in families])
    return RefreshToken.objects.bulk_create(
        RefreshToken(family=family, issued_at=at) for family in families
    )


def _append(
    kind: str, told: Sequence[tuple[User, dict[str, str]]], subjects: Sequence[str] | None = None
) -> None:
    subjects = subjects or [str(person.id) for person, _ in told]
    Event.objects.bulk_create(
        Event(type=kind, subject=subject, owner_id=person.id, data=data)
        for subject, (person, data) in zip(subjects, told, strict=True)
    )
