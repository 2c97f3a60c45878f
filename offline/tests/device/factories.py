"""Phones without a server: the tests' own issuer certifies them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from offline.device.stores import MemoryStore
from offline.device.wallet import Revocations, Spending, Wallet
from offline.messages import (
    Certificate,
    Limits,
    PrivateKey,
    RevocationList,
    Signed,
    packed,
    sign,
)
from offline.messages.members import Body
from offline.tests.messages import keys, samples

NOW = samples.NOW
NUMBERS = {"alice": samples.ALICE, "bob": samples.BOB, "carol": "5555555555555"}
IDS = {"alice": samples.ID, "bob": samples.OTHER_ID, "carol": "ncWxznI0yL0g82O4t8OsQQ"}
NAMES = {"alice": "A. K***", "bob": "Corner Shop", "carol": "C. D***"}


def certificate(holder: str, **changes: Any) -> Signed[Certificate]:
    """A certificate of the tests' issuer: 1,000.00 at once, 5,000.00 in all, 20 vouchers."""
    key = changes.pop("signed_by", keys.issuer())
    body = replace(
        samples.certificate(holder=holder, wallet=NUMBERS[holder]),
        certificate_id=IDS[holder],
        name=NAMES[holder],
    )
    return sign(replace(body, **changes), key)


def phone(holder: str, *, fresh_list: int = NOW, **changes: Any) -> MemoryStore:
    """An enrolled device with a certificate and a revocation list of `fresh_list`."""
    wallet = Wallet(
        origin="https://wallet.example",
        issuer=samples.ISSUER,
        number=NUMBERS[holder],
        currency="PKR",
        key_pem=keys.device(holder).pem().decode(),
        issuer_keys=[keys.issuer().public.jwk()],
        spendings=[Spending.begin(certificate(holder, **changes).text)],
        revocations=Revocations(1, fresh_list, []),
    )
    return MemoryStore(wallet)


def receive_only(holder: str) -> MemoryStore:
    """An enrolled device that has no money."""
    return phone(holder, limits=Limits(voucher_minor=0, cumulative_minor=0, count=0))


def revoke(store: MemoryStore, devices: Iterable[str], *, at: int = NOW) -> None:
    """Give a device a newer revocation list."""
    body = RevocationList(
        issuer=samples.ISSUER,
        number=2,
        issued_at=at,
        next_at=at + 86_400,
        revoked=tuple(devices),
    )
    wallet = store.load()
    assert wallet.revocations is not None
    text = sign(body, keys.issuer()).text
    wallet.revocations = wallet.revocations.changed(text, keys.issuer().public)
    store.save(wallet)


def text(*messages: str) -> str:
    return packed.to_text(messages)


def signed(body: Body, key: PrivateKey) -> str:
    return sign(body, key).text
