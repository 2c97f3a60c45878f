"""The command line: `python -m offline.device COMMAND`."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from offline.device import commands, online, screen
from offline.device.errors import DeviceRefusal, WalletMissing
from offline.device.stores import FileStore, Store
from offline.messages import MessageRefusal

_ABOUT = """A phone that pays without a network, as a command line. Each wallet file is one phone:
give every terminal its own with --wallet or DEVICE_WALLET.

A message is written to standard output as one line of text; everything else goes beside it. Where
a command takes a message, give it a file, or - for standard input, or nothing and paste it."""

_SECRETS = """The PIN is asked for, or taken from DEVICE_PIN. Online, e-mail and password are the
person's, asked for or taken from DEVICE_EMAIL and DEVICE_PASSWORD; or DEVICE_TOKEN holds an
access token."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0, or 1 when the device or the server said no."""
    given = _parser().parse_args(arguments)
    try:
        _run(given)
    except (DeviceRefusal, MessageRefusal) as refusal:
        screen.say(f"{refusal} ({refusal.code})")
        return 1
    except OSError as problem:
        screen.say(f"The wallet file cannot be used: {problem}")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _run(given: argparse.Namespace) -> None:
    path = Path(given.wallet).absolute()
    if given.command == "enrol":
        online.enrol(path, _pin(), given)
        return
    if not path.exists():
        raise WalletMissing(f"There is no wallet file {path}. Begin with: enrol")
    with FileStore.opened(path, pin=_pin()) as store:
        _COMMANDS[given.command](store, given)


def _pin() -> str:
    return screen.secret("DEVICE_PIN", "PIN of the wallet")


_COMMANDS: dict[str, Callable[[Store, argparse.Namespace], None]] = {
    "load": online.load,
    "sync": online.sync,
    "close": online.close,
    "code": online.code,
    "request": commands.request,
    "pay": commands.pay,
    "receive": commands.receive,
    "receipt": commands.receipt,
    "show": commands.show,
    "adopt": commands.adopt,
    "scan": commands.scan,
    "status": commands.status,
    "history": commands.history,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m offline.device",
        description=_ABOUT,
        epilog=_SECRETS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--wallet",
        default=os.environ.get("DEVICE_WALLET", "device.wallet"),
        help="the wallet file (default: DEVICE_WALLET, else device.wallet)",
    )
    verbs = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_online(verbs)
    _add_payee(verbs)
    _add_payer(verbs)
    _add_looks(verbs)
    return parser


Verbs = argparse._SubParsersAction  # noqa: SLF001 -- argparse gives it no public name


def _add_online(verbs: Verbs[argparse.ArgumentParser]) -> None:
    enrol = verbs.add_parser("enrol", help="online: make a key and register it for a wallet")
    enrol.add_argument("--origin", required=True, help="the server, such as http://127.0.0.1:8000")
    enrol.add_argument("--currency", required=True, help="such as NGN")
    enrol.add_argument("--name", default="", help="what the owner calls this device")
    load = verbs.add_parser("load", help="online: get a certificate, with money or to receive only")
    load.add_argument("amount", help="such as 1000.00; 0 for a device that only receives")
    sync = verbs.add_parser("sync", help="online: hand in what is waiting, learn what became of it")
    close = verbs.add_parser("close", help="online: spend no more, so that you can load anew")
    code = verbs.add_parser("code", help="online: have the server sign a code to print")
    code.add_argument("amount", nargs="?", default="", help="with it, a request for once")
    _shows(code)
    for verb in (enrol, load, sync, close, code):
        verb.add_argument("--email", default=os.environ.get("DEVICE_EMAIL", ""))


def _add_payee(verbs: Verbs[argparse.ArgumentParser]) -> None:
    request = verbs.add_parser("request", help="payee: ask for money")
    request.add_argument("amount", nargs="?", default="", help="without it, the payer says")
    request.add_argument("--memo", default="", help="what for; bystanders can read it")
    receive = verbs.add_parser("receive", help="payee: check a payment, keep it, give the receipt")
    adopt = verbs.add_parser("adopt", help="payee: take over a request that the server made")
    for verb in (receive, adopt):
        _takes_message(verb)
    _asks(receive)
    for verb in (request, receive):
        _shows(verb)


def _add_payer(verbs: Verbs[argparse.ArgumentParser]) -> None:
    pay = verbs.add_parser("pay", help="payer: look at a request and pay it")
    _takes_message(pay)
    pay.add_argument("--amount", default="", help="where the request names none")
    _asks(pay)
    _shows(pay)
    _takes_message(verbs.add_parser("receipt", help="payer: keep the receipt"))


def _add_looks(verbs: Verbs[argparse.ArgumentParser]) -> None:
    show = verbs.add_parser("show", help="show the last payment or receipt again")
    show.add_argument("vid", nargs="?", default="", help="the first characters of its id")
    _shows(show)
    _takes_message(verbs.add_parser("scan", help="say what a text holds, and whether it is good"))
    verbs.add_parser("status", help="what this device is, has left, and waits for")
    verbs.add_parser("history", help="every payment and what became of it")


def _takes_message(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("message", nargs="?", default="", help="a file; - or nothing: see above")


def _asks(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--yes", action="store_true", help="agree beforehand")


def _shows(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--qr", action="store_true", help="draw QR codes in the terminal too")
    verb.add_argument("--png", metavar="FILE", help="write QR codes as PNG too")
    verb.add_argument("--svg", metavar="FILE", help="write QR codes as SVG too")
    verb.add_argument("--plain", action="store_true", help="write plain JWS, not packed text")
