"""Online again: hand in what was accepted, learn what became of it, and who was revoked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from offline.device import trust
from offline.device.enrolling import new_issuer_keys
from offline.device.errors import ServerAway, UntrustedIssuer
from offline.device.server import API, Answer, Server, member, rows
from offline.device.stores import Store
from offline.device.wallet import Income, Payment, Revocations, Wallet
from offline.messages import Settlement, read, read_revocations

MOST_ITEMS = 100
# The server takes 512 KiB; what surrounds the messages is little.
_LARGEST_BATCH = 480 * 1024
_KEPT_SECONDS = 90 * 86_400

Entry = Payment | Income


@dataclass
class Report:
    """What a sync did. `changed` are the vouchers whose outcome is another one than before."""

    sent: int = 0
    changed: list[Entry] = field(default_factory=list)
    clock_off_seconds: int = 0
    revoked: int = 0


def sync(server: Server, store: Store, *, now: int) -> Report:
    """Send everything undecided, keep every answer, and fetch the newest revocation list.

    Whatever was sent before may be sent again: the server answers the same. Raises
    `ServerAway`, `ServerRefused`, `UntrustedIssuer`, `MessageRefusal`; what was answered until
    then is kept.
    """
    report = Report()
    wallet = store.load()
    new_issuer_keys(server, wallet)
    store.save(wallet)
    for batch in _batches(wallet.undecided):
        answer = server.post(f"{API}/offline-transactions/sync", _body(wallet, batch))
        _keep(answer, batch, wallet, report)
        store.save(wallet)
        report.clock_off_seconds = _clock_off(answer, now)
    refresh_revocations(server, wallet)
    wallet.incomes = [each for each in wallet.incomes if not _old(each, now)]
    wallet.payments = [each for each in wallet.payments if not _old(each, now)]
    store.save(wallet)
    report.revoked = len(wallet.revocations.devices) if wallet.revocations else 0
    return report


def refresh_revocations(server: Server, wallet: Wallet) -> None:
    """Bring the revocation list up to date; raises `UntrustedIssuer` for one of before."""
    known = wallet.revocations or Revocations(-1, 0, [])
    since = f"?since={known.number}" if wallet.revocations else ""
    text = member(server.get(f"{API}/offline/revocations{since}"), "list")
    signed = read_revocations(text)
    issuer = wallet.issuers.get(signed.kid)
    if issuer is None or signed.body.issuer != wallet.issuer:
        raise UntrustedIssuer("The revocation list is not by this wallet's own server.")
    newer = known.changed(text, issuer)
    if newer.number < known.number:
        raise UntrustedIssuer("The server sent a revocation list of before.")
    wallet.revocations = newer


def _item(entry: Entry, ref: str) -> Answer:
    item = {"ref": ref, "voucher": entry.voucher, "request": entry.request}
    return item | ({"receipt": entry.receipt} if entry.receipt else {})


def _batches(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Cut into pieces that the server takes."""
    batch: list[Entry] = []
    size = 0
    for entry in entries:
        length = len(entry.voucher) + len(entry.request) + len(entry.receipt) + 100
        if batch and (len(batch) == MOST_ITEMS or size + length > _LARGEST_BATCH):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += length
    if batch:
        yield batch


def _body(wallet: Wallet, batch: Sequence[Entry]) -> Answer:
    body: Answer = {
        "device": wallet.device,
        "items": [_item(entry, f"{number:04}") for number, entry in enumerate(batch, 1)],
    }
    if wallet.revocations:
        body["rvl_num"] = wallet.revocations.number
    return body


def _keep(answer: Answer, batch: Sequence[Entry], wallet: Wallet, report: Report) -> None:
    results = rows(answer, "results")
    if len(results) != len(batch):
        raise ServerAway("The server's answer does not fit what was sent.")
    for entry, result in zip(batch, results, strict=True):
        report.sent += 1
        before = (entry.outcome.status, entry.outcome.code)
        _keep_one(entry, result, wallet)
        if (entry.outcome.status, entry.outcome.code) != before:
            report.changed.append(entry)


def _keep_one(entry: Entry, result: dict[str, Any], wallet: Wallet) -> None:
    code = str(result.get("code") or "")
    if code == "internal_retry":
        return
    settlement = result.get("receipt")
    if result.get("status") == "settled":
        _prove(str(settlement), entry, wallet)
        entry.outcome.settlement = str(settlement)
    entry.outcome.status, entry.outcome.code = str(result.get("status")), code


def _prove(settlement: str, entry: Entry, wallet: Wallet) -> None:
    """Raise unless the issuer signed that it moved this very money."""
    body = trust.issued(Settlement, settlement, wallet=wallet).body
    voucher = entry.signed.body
    said = (body.issuer, body.voucher_vid, body.amount_minor, body.currency, body.payer, body.payee)
    meant = (
        wallet.issuer,
        entry.signed.vid,
        voucher.amount_minor,
        voucher.currency,
        voucher.payer,
        voucher.payee,
    )
    if said != meant:
        raise UntrustedIssuer("The settlement receipt is not for this payment.")


def _clock_off(answer: Answer, now: int) -> int:
    server_time = answer.get("server_time")
    off = abs(server_time - now) if isinstance(server_time, int) else 0
    return off if off > trust.CLOCK_SECONDS else 0


def _old(entry: Entry, now: int) -> bool:
    """Settled ninety days ago: nobody needs the device's copy any more."""
    if not entry.outcome.settlement:
        return False
    return now - read(Settlement, entry.outcome.settlement).body.issued_at > _KEPT_SECONDS
