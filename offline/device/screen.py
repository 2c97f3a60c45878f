"""What a person sees: messages on standard output, everything else beside it."""

from __future__ import annotations

import getpass
import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from offline.device.errors import NotAsked
from offline.messages import bundles, packed, qr


def say(sentence: str) -> None:
    """Tell the person something."""
    sys.stderr.write(f"{sentence}\n")


def tell(line: str) -> None:
    """Write a line of what was asked for."""
    sys.stdout.write(f"{line}\n")


def secret(variable: str, prompt: str) -> str:
    """Return a PIN or a password from the environment, or ask for it without showing it."""
    if value := os.environ.get(variable):
        return value
    if not sys.stdin.isatty():
        raise NotAsked(f"There is nobody to ask: set {variable}.")
    return getpass.getpass(f"{prompt}: ")


def line(prompt: str) -> str:
    """Ask for a line of text."""
    if not sys.stdin.isatty():
        raise NotAsked(f"There is nobody to ask: {prompt}")
    sys.stderr.write(f"{prompt}: ")
    sys.stderr.flush()  # without the end of a line Python keeps it back
    return sys.stdin.readline().strip()


def agreed(question: str, arguments: Namespace) -> None:
    """Go on if the person says yes, or has said so already; raises `NotAsked` otherwise."""
    if arguments.yes:
        say(f"{question} Yes.")
        return
    if not sys.stdin.isatty():
        raise NotAsked(f"{question} Nobody is there to ask: say --yes.")
    if line(f"{question} [y/N]").lower() not in {"y", "yes"}:
        raise NotAsked("Then nothing was done.")


def message(arguments: Namespace, what: str) -> str:
    """Return the text of a message: from a file, from standard input (`-`), or pasted."""
    source: str = arguments.message
    if source == "-" or (not source and not sys.stdin.isatty()):
        return sys.stdin.read()
    if not source:
        return line(f"Paste the {what}, then Enter")
    try:
        return Path(source).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise NotAsked(f"{source} cannot be read: {problem}") from None


def show(messages: Sequence[str], arguments: Namespace) -> None:
    """Show messages to the other device, the way that the arguments say."""
    if arguments.png:
        _write_pictures(Path(arguments.png), [code.png() for code in qr.codes(messages)])
    if arguments.svg:
        _write_pictures(Path(arguments.svg), [c.svg().encode() for c in qr.codes(messages)])
    if arguments.qr:
        for code in qr.codes(messages):
            say(code.terminal())
    tell(bundles.to_plain(messages) if arguments.plain else packed.to_text(messages))


def _write_pictures(path: Path, pictures: Sequence[bytes]) -> None:
    """Write one file, or one for each frame: `a.png` becomes `a-1.png`, `a-2.png`."""
    for number, picture in enumerate(pictures, 1):
        place = path.with_stem(f"{path.stem}-{number}") if len(pictures) > 1 else path
        place.write_bytes(picture)
        say(f"{place} is written.")
