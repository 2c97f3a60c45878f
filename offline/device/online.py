"""What a device does when there is a network."""

from __future__ import annotations

import os
import time
from argparse import Namespace
from pathlib import Path

from offline.device import enrolling, login, receiving, screen, syncing
from offline.device.commands import describe
from offline.device.errors import ServerRefused
from offline.device.server import Server
from offline.device.stores import FileStore, Store
from offline.messages import bundles


def enrol(path: Path, pin: str, arguments: Namespace) -> None:
    """Make a key and register it for the person's offline wallet.

    Interrupted, the same command again goes on with the same key.
    """
    server = _logged_in(arguments.origin, arguments)
    if path.exists():
        with FileStore.opened(path, pin=pin) as store:
            _register(server, store, arguments)
            return
    wallet = enrolling.prepare(server, currency=arguments.currency)
    with FileStore.created(path, wallet, pin=pin) as store:
        _register(server, store, arguments)


def load(store: Store, arguments: Namespace) -> None:
    """Get a certificate to pay from, or with 0 one that only receives."""
    wallet = store.load()
    server = _logged_in(wallet.origin, arguments)
    if wallet.newest and wallet.newest.pays_at(int(time.time())):
        screen.say("A certificate is still good: close it first, or let it expire.")
    spending = enrolling.load(server, store, amount=arguments.amount, say=screen.say)
    wallet = store.load()
    syncing.refresh_revocations(server, wallet)
    store.save(wallet)
    count = spending.certificate.limits.count
    screen.say(f"Loaded: {count} payments are possible." if count else "Ready to receive.")


def close(store: Store, arguments: Namespace) -> None:
    """Spend no more from the certificate, so that a new one can be loaded."""
    server = _logged_in(store.load().origin, arguments)
    enrolling.close(server, store, now=int(time.time()))
    screen.say("Closed. What is left of it comes back after the deadline for submissions.")


def sync(store: Store, arguments: Namespace) -> None:
    """Hand in vouchers, keep the answers, renew the revocation list."""
    server = _logged_in(store.load().origin, arguments)
    report = syncing.sync(server, store, now=int(time.time()))
    wallet = store.load()
    for entry in report.changed:
        screen.tell(describe(entry, wallet))
    screen.say(f"{report.sent} sent, {len(report.changed)} news, {report.revoked} devices revoked.")
    if report.clock_off_seconds:
        screen.say(f"This device's clock is off by {report.clock_off_seconds // 60} minutes.")


def code(store: Store, arguments: Namespace) -> None:
    """Have the server sign a code to print, or with an amount a request for once."""
    wallet = store.load()
    server = _logged_in(wallet.origin, arguments)
    text = enrolling.code(server, wallet, amount=arguments.amount)
    receiving.adopt(store, text)
    screen.show(bundles.from_any(text), arguments)
    screen.say("Payments that answer this code can be received now.")


def _register(server: Server, store: Store, arguments: Namespace) -> None:
    wallet = store.load()
    try:
        enrolling.enrol(server, wallet, name=arguments.name, now=int(time.time()))
    except ServerRefused as refusal:
        # The answer to an earlier try was lost: the key is this device's own.
        if refusal.code != "device_known":
            raise
    screen.say(f"Enrolled device {wallet.device} for wallet {wallet.number}. Next: load")


def _logged_in(origin: str, arguments: Namespace) -> Server:
    if token := os.environ.get("DEVICE_TOKEN"):
        return Server(origin, token=token)
    server = Server(origin)
    email = arguments.email or screen.line("E-mail")
    password = screen.secret("DEVICE_PASSWORD", f"Password of {email}")
    login.log_in(server, email=email, password=password, ask_code=lambda: screen.line("Code"))
    return server
