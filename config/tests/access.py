"""Who may ask what: every route of the URL conf, asked by everybody, and the table of answers."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import UUIDConverter
from django.utils import timezone

from accounts.api.tokens import write_pair
from accounts.models import User
from accounts.operations import propose_role, start_family, submit_document
from accounts.principal import ALL_SCOPES
from accounts.tests.factories import person
from accounts.tests.keys import key_of
from config.tests import belongings
from events.tests.leftovers import close_streams
from wallets.models import Hold, Transfer
from wallets.tests.factories import wallet_of

TABLE = Path(__file__).with_name("access.csv")
KEYS = tuple(f"key:{scope}" for scope in sorted(ALL_SCOPES))
ASKERS = ("anonymous", "user", "stranger", "staff", "admin", "superuser", *KEYS)

# Somebody and something that is not there.
NOBODY, NOTHING = "00000000-0000-4000-8000-000000000000", "0"

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
_PATTERN = re.compile(r"\(\?P<\w+>[^)]*\)|\(\?:.*?\)|[\^$]")
# What it answers depends on where the tests run, not on who asks.
_ABOUT_THE_INSTALLATION = {"health/ready"}
_METHODS = ("get", "post", "put", "patch", "delete")
Row = tuple[str, str]
Answers = dict[Row, dict[str, str]]


def routes() -> Iterator[tuple[str, URLPattern]]:
    """Every route that answers, once: where two have one path, the first answers."""
    seen = set()
    for route, pattern in _walk(get_resolver().url_patterns, ""):
        if route not in seen:
            seen.add(route)
            yield route, pattern


def rows() -> list[Row]:
    """Every method of every route: `GET` alone for plain functions and the back office."""
    found = []
    for route, pattern in routes():
        if route in _ABOUT_THE_INSTALLATION:
            continue
        view: Any = pattern.callback
        kind = getattr(view, "view_class", None) or getattr(view, "cls", None)
        methods = [name for name in _METHODS if kind is not None and hasattr(kind, name)]
        if route.startswith("admin/") or not methods:
            methods = ["get"]
        found += [(method.upper(), route) for method in methods]
    return sorted(found, key=lambda row: (row[1], _METHODS.index(row[0].lower())))


@dataclass
class World:
    """People, and what belongs to the one called `user`."""

    people: dict[str, User] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    things: dict[str, str] = field(default_factory=dict)
    admin_rows: dict[str, str] = field(default_factory=dict)

    @classmethod
    def made(cls) -> World:
        world = cls()
        roles = {"user": "user", "stranger": "user"}
        roles |= {name: name for name in ("staff", "admin", "superuser")}
        world.people = {name: person(role=role) for name, role in roles.items()}
        world.headers = {"anonymous": {}}
        for name, user in world.people.items():
            world._log_in(name, user)
        for scope in sorted(ALL_SCOPES):
            key, text = key_of(world.people["user"], scope)
            world.things["key_id"] = str(key.id)
            world.headers[f"key:{scope}"] = {"X-API-Key": text}
        world._belongings(world.people["user"])
        return world

    def _log_in(self, name: str, user: User) -> None:
        """Give somebody a session, for the back office, and a token that opens it, for the API."""
        client = Client()
        client.force_login(user)
        session = client.session
        login = start_family(user=user, at=timezone.now(), session_key=str(session.session_key))
        session["token_family"] = str(login.family_id)
        session.save()
        self.sessions[name] = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.headers[name] = {"Authorization": f"Bearer {write_pair(login).access_token}"}

    def _belongings(self, user: User) -> None:
        wallet, other = wallet_of(user, holding="100.00"), wallet_of(person())
        document = submit_document(
            person_id=user.id, kind="identity", content=b"%PDF-1.7", at=timezone.now()
        )
        proposal = propose_role(
            actor_id=self.people["admin"].id,
            person_id=user.id,
            role="staff",
            reason="matrix",
            at=timezone.now(),
        )
        self.things |= {
            "user_id": str(user.id),
            "number": wallet.number,
            "document_id": str(document.id),
            "proposal_id": str(proposal.id),
            "schedule_id": str(belongings.schedule(wallet, other).pk),
            "quote_id": str(belongings.quote(user).pk),
            "transfers": belongings.transfer(self.headers["user"], wallet, other),
            "deposits": belongings.deposit(user, wallet).reference,
            "holds": belongings.hold(wallet).reference,
        }
        payout = belongings.payout(wallet)
        self.things |= {
            "payouts": payout.reference,
            "beneficiary_id": str(payout.beneficiary_id),
            "batch_id": str(belongings.payout_batch(wallet).pk),
        }
        dispute = belongings.dispute(user, self.things["transfers"])
        self.things |= {"disputes": dispute.reference, "dispute-queue": dispute.reference}
        self.admin_rows = {
            "accounts/user": str(user.id),
            "accounts/role": str(user.role_id),
            "accounts/document": str(document.id),
            "accounts/roleproposal": str(proposal.id),
            "wallets/wallet": str(wallet.pk),
            "wallets/transfer": str(Transfer.objects.get(source=wallet).pk),
            "wallets/hold": str(Hold.objects.filter(wallet=wallet).latest("pk").pk),
            "wallets/dispute": str(dispute.pk),
            "payments/deposit": str(belongings.deposit_of(user).pk),
            "payments/payout": str(payout.pk),
            "payments/beneficiary": str(payout.beneficiary_id),
            "payments/payoutbatch": self.things["batch_id"],
            "payments/payoutthreshold": "NGN",
            "ledger/currency": "NGN",
        }

    def path(self, route: str, pattern: URLPattern) -> str:
        """An address of this route that names something of the user's, where we have such."""
        parts = route.split("/")
        found = dict(self.things)
        if parts[0] == "admin":
            found["object_id"] = self.admin_rows.get("/".join(parts[1:3]), NOTHING)
        elif "reference" not in found and len(parts) > 2:
            found["reference"] = self.things.get(parts[2], NOTHING)
        values = {
            name: found.get(name) or (NOBODY if isinstance(converter, UUIDConverter) else NOTHING)
            for name, converter in pattern.pattern.converters.items()
        }
        plain = _PATTERN.sub("", route)
        return "/" + _PARAMETER.sub(lambda parameter: values[parameter[1]], plain)

    def ask(self, asker: str, method: str, path: str) -> str:
        """The status of an answer; whatever it did is undone."""
        client = Client(raise_request_exception=False)
        if asker in self.sessions and path.startswith("/admin/"):
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[asker]
        before = transaction.savepoint()
        body = b"" if method == "GET" else b"{}"
        answer: Any = client.generic(
            method, path, body, content_type="application/json", headers=self.headers[asker]
        )
        # The client closes what was read to its end; a stream of events has none, and is closed
        # once it has begun.
        if answer.streaming and answer["Content-Type"] == "text/event-stream":
            stream = answer._iterator
            next(stream)
            stream.close()
            close_streams()
        elif answer.streaming:
            b"".join(answer.streaming_content)
        transaction.savepoint_rollback(before)
        return str(answer.status_code)


def answers() -> Answers:
    """Ask everything as everybody."""
    world = World.made()
    patterns = dict(routes())
    found: Answers = {}
    for method, route in rows():
        path = world.path(route, patterns[route])
        # The back office does not know keys: to it they are nobody.
        askers = [asker for asker in ASKERS if path[:7] != "/admin/" or asker not in KEYS]
        told = {asker: world.ask(asker, method, path) for asker in askers}
        found[method, route] = {asker: told.get(asker, told["anonymous"]) for asker in ASKERS}
    return found


def read_table() -> Answers:
    with TABLE.open(newline="") as file:
        return {(row.pop("method"), row.pop("route")): row for row in csv.DictReader(file)}


def write_table(found: Answers) -> None:
    with TABLE.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["method", "route", *ASKERS])
        for (method, route), told in found.items():
            writer.writerow([method, route, *(told[asker] for asker in ASKERS)])


def _walk(patterns: list[Any], prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        else:
            yield route, pattern
