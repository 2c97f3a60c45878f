"""What two devices do where there is no network."""

from __future__ import annotations

import time
from argparse import Namespace
from datetime import UTC, datetime

from offline.device import paying, receiving, screen, trust
from offline.device.amounts import to_minor, to_text
from offline.device.errors import DeviceRefusal, UnknownPayment
from offline.device.stores import Store
from offline.device.wallet import Income, Payment, Wallet
from offline.messages import Certificate, Jws, MessageRefusal, Request, Voucher, bundles


def request(store: Store, arguments: Namespace) -> None:
    """Ask for money: once, within five minutes."""
    amount = None
    if arguments.amount:
        amount = to_minor(arguments.amount, exponent=store.load().exponent)
    asked = receiving.ask(store, now=_now(), amount_minor=amount, memo=arguments.memo)
    screen.show(asked, arguments)
    screen.say("Show this to the payer. It is good for five minutes, and once.")


def pay(store: Store, arguments: Namespace) -> None:
    """Look at a request, ask the person, and pay it."""
    wallet, text = store.load(), screen.message(arguments, "request")
    offer = paying.consider(text, wallet=wallet, now=_now())
    amount_minor = offer.amount_minor
    if arguments.amount:
        amount_minor = to_minor(arguments.amount, exponent=wallet.exponent)
    if amount_minor is None:
        amount_minor = to_minor(screen.line("How much"), exponent=wallet.exponent)
    whom = f"{offer.name or 'wallet'} ({offer.wallet})"
    memo = f" for {offer.memo!r}" if offer.memo else ""
    screen.agreed(f"Pay {_money(amount_minor, wallet)} to {whom}{memo}?", arguments)
    payment = paying.pay(store, text, now=_now(), amount_minor=amount_minor)
    screen.show([payment.voucher, payment.certificate], arguments)
    screen.say("Paid. Show this to the payee, and read the receipt with: receipt")


def receive(store: Store, arguments: Namespace) -> None:
    """Check a payment, keep it, and show the receipt."""
    wallet, text = store.load(), screen.message(arguments, "payment")
    if not receiving.accepted(text, wallet=wallet):
        voucher, payer = receiving.inspect(text, wallet=wallet, now=_now())
        if receiving.needs_a_look(receiving.own_request(voucher.body, wallet=wallet)):
            said = f"{_money(voucher.body.amount_minor, wallet)} from {payer.name}"
            screen.agreed(f"Take {said}?", arguments)
    income = receiving.receive(store, text, now=_now())
    amount = _money(income.signed.body.amount_minor, wallet)
    screen.show(receiving.receipt_messages(income, wallet=store.load()), arguments)
    until = _day(income.payer.submit_until)
    screen.say(f"Received {amount} from {income.payer.name}. Show this receipt to the payer.")
    screen.say(f"The money is yours once you have been online, until {until}: sync")


def receipt(store: Store, arguments: Namespace) -> None:
    """Keep the receipt of a payment."""
    payment = paying.keep_receipt(store, screen.message(arguments, "receipt"))
    body = payment.signed.body
    screen.say(f"{payment.payee_name or body.payee} has {_money(body.amount_minor, store.load())}.")


def show(store: Store, arguments: Namespace) -> None:
    """Show a payment or a receipt again, to the letter."""
    wallet = store.load()
    for payment in reversed(wallet.payments):
        if payment.signed.vid.startswith(arguments.vid):
            screen.show([payment.voucher, payment.certificate], arguments)
            return
    for income in reversed(wallet.incomes):
        if income.signed.vid.startswith(arguments.vid):
            screen.show(receiving.receipt_messages(income, wallet=wallet), arguments)
            return
    raise UnknownPayment


def adopt(store: Store, arguments: Namespace) -> None:
    """Take over a request that the server made for this wallet, such as a printed code."""
    receiving.adopt(store, screen.message(arguments, "request"))
    screen.say("Payments that answer this request can be received now.")


def scan(store: Store, arguments: Namespace) -> None:
    """Say what a text holds, message by message, and whether it would be believed."""
    wallet = store.load()
    messages = bundles.from_any(screen.message(arguments, "message"))
    for text in messages:
        jws = Jws.read(text)
        screen.tell(f"{jws.typ}  id {jws.vid}  signed by {_signer(jws, wallet)}")
        screen.tell(f"  {jws.payload.decode(errors='replace')}")
    _verdict(messages, wallet)


def status(store: Store, _arguments: Namespace) -> None:
    """Say who this device is, what it can still pay, and what waits for the network."""
    wallet = store.load()
    screen.tell(f"wallet       {wallet.number} at {wallet.origin}")
    screen.tell(f"device       {wallet.device}")
    screen.tell(f"certificate  {_spending(wallet)}")
    waiting = wallet.unsettled()
    total = sum(income.signed.body.amount_minor for income in waiting)
    screen.tell(f"to be synced {len(wallet.undecided)}, of them received {len(waiting)}")
    screen.tell(f"             {_money(total, wallet)}, not settled yet")
    known = wallet.revocations
    age = f"number {known.number} of {_day(known.issued_at)}" if known else "none yet: sync"
    screen.tell(f"revocations  {age}")


def history(store: Store, _arguments: Namespace) -> None:
    """List what was paid and received, with what the server says of it."""
    wallet = store.load()
    entries: list[Payment | Income] = [*wallet.payments, *wallet.incomes]
    for entry in sorted(entries, key=lambda each: each.signed.body.issued_at):
        screen.tell(describe(entry, wallet))


def describe(entry: Payment | Income, wallet: Wallet) -> str:
    """Return one line about a voucher."""
    body = entry.signed.body
    paid = isinstance(entry, Payment)
    sign, other = ("-", body.payee) if paid else ("+", body.payer)
    shown = "with receipt" if entry.receipt else "no receipt"
    outcome = entry.outcome.status or ("presented, " + shown if paid else "accepted")
    code = f" ({entry.outcome.code})" if entry.outcome.code else ""
    amount = f"{sign}{_money(body.amount_minor, wallet)}"
    return f"{_day(body.issued_at)}  {amount:>18}  {other}  {entry.signed.vid[:8]}  {outcome}{code}"


def _now() -> int:
    return int(time.time())


def _day(instant: int) -> str:
    return f"{datetime.fromtimestamp(instant, UTC):%Y-%m-%d %H:%M} UTC"


def _money(minor: int, wallet: Wallet) -> str:
    return f"{to_text(minor, exponent=wallet.exponent)} {wallet.currency}"


def _spending(wallet: Wallet) -> str:
    if wallet.newest is None:
        return "none yet: load"
    certificate, spending = wallet.newest.certificate, wallet.newest
    limits = certificate.limits
    left = limits.cumulative_minor - spending.cumulative_minor
    state = "closed" if spending.closing else f"until {_day(certificate.expires_at)}"
    return (
        f"{state}, {_money(left, wallet)} left, {_money(limits.voucher_minor, wallet)} at once, "
        f"{limits.count - spending.counter} more payments"
    )


def _signer(jws: Jws, wallet: Wallet) -> str:
    if jws.kid in wallet.issuers:
        return "the issuer"
    return "this device" if jws.kid == wallet.device else f"device {jws.kid}"


def _verdict(messages: list[str], wallet: Wallet) -> None:
    """Say whether the message would do, for what can be judged without using it."""
    text, kind = bundles.to_plain(messages), trust.typ_of(messages)
    try:
        if kind == Voucher.TYP:
            receiving.inspect(text, wallet=wallet, now=_now())
        elif kind == Certificate.TYP:
            trust.certified(text, wallet=wallet)
        elif kind.endswith("req"):
            paying.consider(text, wallet=wallet, now=_now())
        else:
            return
    except (DeviceRefusal, MessageRefusal) as refusal:
        screen.say(f"Not good here: {refusal}")
    else:
        screen.say("Good here." if kind != Request.TYP else "Good to pay.")
