"""Phones for tests: what a device signs, honest or not, and the server as it calls it."""

from __future__ import annotations

import secrets
import time
from dataclasses import replace
from typing import Any

from django.db import transaction
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import client_of, person
from ledger.money import Money, currency
from offline.messages import (
    Certificate,
    Closing,
    Possession,
    PrivateKey,
    Receipt,
    Request,
    Signed,
    Voucher,
    base64url,
    read,
    sign,
)
from wallets.models import Wallet, WalletKind
from wallets.operations import open_wallet
from wallets.tests.factories import fund

API = "/api/v1"


def random_id() -> str:
    return base64url.encode(secrets.token_bytes(16))


def offline_wallet(owner: User, *, holding: str = "0", code: str = "NGN") -> Wallet:
    """Open an offline wallet that holds this many major units."""
    with transaction.atomic():
        wallet = open_wallet(owner_id=owner.id, currency=currency(code), kind=WalletKind.OFFLINE)
        if money := Money.of(holding, code):
            fund(wallet, money)
    return wallet


class Keys:
    """Keys for phones: new ones, unless a test begins anew with those of the tests before it."""

    def __init__(self) -> None:
        self._made: list[PrivateKey] = []
        self._next: int | None = None

    def begin(self) -> None:
        self._next = 0

    def forget(self) -> None:
        self._next = None

    def take(self) -> PrivateKey:
        if self._next is None:
            return PrivateKey.generate()
        if self._next == len(self._made):
            self._made.append(PrivateKey.generate())
        self._next += 1
        return self._made[self._next - 1]


keys = Keys()


class Phone:
    """A device of a person of its own, enrolled, with an offline wallet that holds money."""

    def __init__(self, *, holding: str = "0", code: str = "NGN", owner: User | None = None) -> None:
        self.owner = owner or person()
        self.client: APIClient = client_of(self.owner)
        self.wallet = offline_wallet(self.owner, holding=holding, code=code)
        self.key = keys.take()
        self.did = self.key.public.key_id
        enrolled = self.enrol()
        assert enrolled.status_code == 201, enrolled.content
        self.text = ""
        self.counter = 0
        self.spent = 0
        self.head = ""

    def enrol(self, **changes: Any) -> Any:
        proof = sign(self.possession(**changes), self.key).text
        body = {"wallet_id": self.wallet.number, "proof": proof, "name": "Phone"}
        return self.client.post(f"{API}/offline/devices", body, format="json")

    def possession(self, **changes: Any) -> Possession:
        asked = self.challenge()
        proof = Possession(
            audience=asked["aud"],
            challenge=asked["challenge"],
            wallet=self.wallet.number,
            key=self.key.public,
            issued_at=int(time.time()),
        )
        return replace(proof, **changes)

    def challenge(self) -> dict[str, Any]:
        url = f"{API}/offline/devices/challenge"
        answer = self.client.post(url, {"wallet_id": self.wallet.number}, format="json")
        assert answer.status_code == 200, answer.content
        document: dict[str, Any] = answer.json()
        return document

    def ask_certificate(self, amount: str, key: str = "") -> Any:
        body = {"device": self.did, "amount": amount, "currency": self.wallet.currency}
        headers = {"Idempotency-Key": key} if key else {}
        url = f"{API}/offline/certificates"
        return self.client.post(url, body, format="json", headers=headers)

    def load(self, amount: str) -> Phone:
        answer = self.ask_certificate(amount)
        assert answer.status_code == 201, answer.content
        self.text = answer.json()["certificate"]
        self.counter, self.spent, self.head = 0, 0, read(Certificate, self.text).vid
        return self

    @property
    def certificate(self) -> Certificate:
        return read(Certificate, self.text).body

    def request(self, amount: int | None, **changes: Any) -> Signed[Request]:
        now = int(time.time())
        body = Request(
            request_id=random_id(),
            wallet=self.wallet.number,
            device=self.did,
            amount_minor=amount,
            currency=self.wallet.currency,
            issued_at=now,
            expires_at=now + 300,
        )
        return sign(replace(body, **changes), self.key)

    def draft(self, payee: Phone, amount: int, **changes: Any) -> Voucher:
        """The next voucher as an honest device writes it, with lies in `changes`."""
        return replace(
            Voucher(
                certificate_id=self.certificate.certificate_id,
                counter=self.counter + 1,
                previous=self.head,
                nonce=random_id(),
                amount_minor=amount,
                cumulative_minor=self.spent + amount,
                currency=self.wallet.currency,
                payer=self.wallet.number,
                payer_device=self.did,
                payee=payee.wallet.number,
                payee_device=payee.did,
                request_id=random_id(),
                request_vid=base64url.encode(secrets.token_bytes(32)),
                issued_at=int(time.time()),
            ),
            **changes,
        )

    def sign(self, voucher: Voucher) -> Signed[Voucher]:
        return sign(voucher, self.key)

    def pay(self, payee: Phone, amount: int, **changes: Any) -> Signed[Voucher]:
        """Sign the next voucher and remember it, as a device does."""
        signed = self.sign(self.draft(payee, amount, **changes))
        self.counter += 1
        self.spent += amount
        self.head = signed.vid
        return signed

    def receipt(self, voucher: Signed[Voucher], **changes: Any) -> Signed[Receipt]:
        body = voucher.body
        receipt = Receipt(
            voucher_vid=voucher.vid,
            request_id=body.request_id,
            payer=body.payer,
            payee=body.payee,
            payee_device=self.did,
            amount_minor=body.amount_minor,
            currency=body.currency,
            issued_at=int(time.time()),
        )
        return sign(replace(receipt, **changes), self.key)

    def closing(self, **changes: Any) -> Signed[Closing]:
        closing = Closing(
            certificate_id=self.certificate.certificate_id,
            counter=self.counter,
            cumulative_minor=self.spent,
            head=self.head,
            issued_at=int(time.time()),
        )
        return sign(replace(closing, **changes), self.key)

    def close(self, closing: Signed[Closing] | None = None) -> Any:
        statement = closing or self.closing()
        url = f"{API}/offline/certificates/{statement.body.certificate_id}/close"
        return self.client.post(url, {"closing": statement.text}, format="json")

    def sync(self, *vouchers: Any, **more: Any) -> list[dict[str, Any]]:
        """Hand in vouchers, each a message, a text, or an item; return the results."""
        items = [_item(number, voucher) for number, voucher in enumerate(vouchers)]
        answer = self.post_sync({"device": self.did, "items": items} | more)
        assert answer.status_code == 200, answer.content
        results: list[dict[str, Any]] = answer.json()["results"]
        return results

    def sync_one(self, voucher: Any, **more: Any) -> dict[str, Any]:
        return self.sync(_item(0, voucher) | more)[0]

    def post_sync(self, body: dict[str, Any]) -> Any:
        return self.client.post(f"{API}/offline-transactions/sync", body, format="json")


def _item(number: int, voucher: Any) -> dict[str, Any]:
    if isinstance(voucher, dict):
        return voucher
    text = voucher.text if isinstance(voucher, Signed) else voucher
    return {"ref": f"{number:04}", "voucher": text}
