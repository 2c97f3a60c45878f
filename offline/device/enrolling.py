"""Becoming a device of a wallet, and getting certificates to pay from."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from urllib.parse import urlencode

from offline.device import trust
from offline.device.amounts import to_minor, to_text
from offline.device.errors import NoCertificate, ServerAway, ServerRefused
from offline.device.server import API, Answer, Server, member, rows
from offline.device.stores import Store
from offline.device.wallet import Loading, Spending, Wallet
from offline.messages import (
    Certificate,
    Closing,
    Possession,
    PrivateKey,
    PublicKey,
    issuer_keys,
    sign,
)

ISSUER_KEYS = "/.well-known/ofp-issuer-keys"


def prepare(server: Server, *, currency: str) -> Wallet:
    """Make a key and the wallet that is to hold it, before any server knows of the key.

    Opens an offline wallet in the currency where the person has none. Save it, then `enrol`.
    Raises `ServerAway`, `ServerRefused`, `MessageRefusal`.
    """
    issuer, keys = _issuer(server)
    return Wallet(
        origin=server.origin,
        issuer=issuer,
        number=_offline_wallet(server, currency),
        currency=currency,
        key_pem=PrivateKey.generate().pem().decode(),
        issuer_keys=keys,
    )


def enrol(server: Server, wallet: Wallet, *, name: str, now: int) -> str:
    """Prove to the server that this device holds its key; return the device's tier."""
    asked = server.post(f"{API}/offline/devices/challenge", {"wallet_id": wallet.number})
    proof = sign(
        Possession(
            audience=member(asked, "aud"),
            challenge=member(asked, "challenge"),
            wallet=wallet.number,
            key=wallet.key.public,
            issued_at=now,
        ),
        wallet.key,
    )
    enrolled = server.post(
        f"{API}/offline/devices",
        {"wallet_id": wallet.number, "proof": proof.text, "name": name},
    )
    return str(enrolled.get("tier", ""))


def load(server: Server, store: Store, *, amount: str, say: Callable[[str], None]) -> Spending:
    """Get a certificate over an amount, or one that only receives for `"0"`.

    What the offline wallet lacks comes out of the current wallet first. When the answer is
    lost, the next call asks for the same certificate again, whatever the amount. Raises
    `ServerAway`, `ServerRefused`, `UntrustedIssuer`, `MessageRefusal`.
    """
    wallet = store.load()
    if wallet.loading is None:
        exponent = _exponent(server, wallet)
        wanted = to_minor(amount, exponent=exponent)
        if wanted:
            _top_up(server, wallet, wanted=wanted, exponent=exponent, say=say)
        wallet.loading = Loading(to_text(wanted, exponent=exponent), str(uuid.uuid4()))
        store.save(wallet)
    else:
        say(f"Asking again for {wallet.loading.amount} {wallet.currency}.")
    text = _certificate(server, store, wallet, wallet.loading)
    spending = Spending.begin(text)
    certificate = trust.issued(Certificate, text, wallet=wallet).body
    if (certificate.device, certificate.wallet) != (wallet.device, wallet.number):
        raise ServerAway("The server sent somebody else's certificate.")
    wallet.loading = None
    wallet.spendings.append(spending)
    store.save(wallet)
    return spending


def close(server: Server, store: Store, *, now: int) -> Spending:
    """Promise to spend no more from the newest certificate, so that a new one can follow.

    The device keeps the promise before it gives it, and gives the same one every time. Raises
    `NoCertificate`, `ServerAway`, `ServerRefused`.
    """
    wallet = store.load()
    spending = wallet.newest
    if spending is None:
        raise NoCertificate("There is no certificate to close.")
    certificate_id = spending.certificate.certificate_id
    if not spending.closing:
        statement = Closing(
            certificate_id=certificate_id,
            counter=spending.counter,
            cumulative_minor=spending.cumulative_minor,
            head=spending.head,
            issued_at=now,
        )
        spending.closing = sign(statement, wallet.key).text
        store.save(wallet)
    path = f"{API}/offline/certificates/{certificate_id}/close"
    server.post(path, {"closing": spending.closing})
    return spending


def code(server: Server, wallet: Wallet, *, amount: str) -> str:
    """Return a request to this wallet that the issuer signs: to print, unless of an amount."""
    asked = {"wallet": wallet.number} | ({"amount": amount} if amount else {})
    return member(server.post(f"{API}/wallets/qr-code", asked), "text")


def new_issuer_keys(server: Server, wallet: Wallet) -> None:
    """Learn the keys that the issuer has added. None that is known is ever forgotten."""
    _, keys = _issuer(server)
    known = wallet.issuers
    for jwk in keys:
        if PublicKey.from_jwk(jwk).key_id not in known:
            wallet.issuer_keys.append(jwk)


def _certificate(server: Server, store: Store, wallet: Wallet, asked: Loading) -> str:
    """Ask for a certificate; what was refused is not asked for again."""
    body = {"device": wallet.device, "amount": asked.amount, "currency": wallet.currency}
    headers = {"Idempotency-Key": asked.key}
    try:
        answer = server.post(f"{API}/offline/certificates", body, headers=headers)
    except ServerRefused as refusal:
        if refusal.final:
            wallet.loading = None
            store.save(wallet)
        raise
    return member(answer, "certificate")


def _issuer(server: Server) -> tuple[str, list[dict[str, str]]]:
    document = server.get(ISSUER_KEYS)
    return member(document, "issuer"), [key.jwk() for key in issuer_keys(document).values()]


def _wallets(server: Server, currency: str) -> list[Answer]:
    path = f"{API}/wallets?{urlencode({'page_size': 200})}"
    return [each for each in rows(server.get(path), "results") if each.get("currency") == currency]


def _offline_wallet(server: Server, currency: str) -> str:
    for each in _wallets(server, currency):
        if each.get("kind") == "offline":
            return member(each, "number")
    opened = server.post(f"{API}/wallets", {"currency": currency, "kind": "offline"})
    return member(opened, "number")


def _exponent(server: Server, wallet: Wallet) -> int:
    """The decimals of the currency, as the server writes a balance."""
    if wallet.newest:
        return wallet.exponent
    return len(_available(server, wallet).partition(".")[2])


def _available(server: Server, wallet: Wallet) -> str:
    return member(server.get(f"{API}/wallets/{wallet.number}/balance"), "available")


def _top_up(
    server: Server, wallet: Wallet, *, wanted: int, exponent: int, say: Callable[[str], None]
) -> None:
    lacking = wanted - to_minor(_available(server, wallet), exponent=exponent)
    if lacking <= 0:
        return
    current = [each for each in _wallets(server, wallet.currency) if each.get("kind") == "current"]
    if not current:
        raise ServerRefused(
            code="no_current_wallet",
            sentence=f"There is no current wallet in {wallet.currency} to load from.",
        )
    amount, source = to_text(lacking, exponent=exponent), member(current[0], "number")
    server.post(
        f"{API}/transfers",
        {"source": source, "destination": wallet.number, "amount": amount},
        headers={"Idempotency-Key": str(uuid.uuid4())},
    )
    say(f"{amount} {wallet.currency} moved from wallet {source}.")
