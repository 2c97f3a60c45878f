"""Messages that travel together: by QR code, by frames, or by any channel that takes text."""

from __future__ import annotations

from collections.abc import Sequence

from offline.messages import frames, packed
from offline.messages.errors import Malformed

SEPARATOR = "~"
_LONGEST_PLAIN = 65_536


def to_plain(messages: Sequence[str]) -> str:
    """Join JWS for NFC, a deep link or HTTPS."""
    return SEPARATOR.join(messages)


def from_any(text: str) -> list[str]:
    """Return the JWS in a packed text, in frames (one a line) or in a joined text.

    White space around the text, which terminals and files add, is none of it. Raises `Malformed`.
    """
    # Base45 has a space, and never ends with one: no group's last digit is that large.
    text = text.strip()
    if text.startswith(packed.PREFIX):
        return packed.from_text(text)
    lines = text.splitlines()
    if lines and frames.is_frame(lines[0]):
        return packed.from_body(_collect(lines))
    messages = text.split(SEPARATOR)
    if len(text) > _LONGEST_PLAIN or len(messages) > packed.MOST_MESSAGES:
        raise Malformed("This is too much to be a message.")
    return messages


def _collect(lines: Sequence[str]) -> bytes:
    collected = frames.Frames()
    for line in lines:
        collected.add(line)
    return collected.body()
