"""A packed text in several QR codes, shown in a loop and collected in any order."""

from __future__ import annotations

import hashlib
import re

from offline.messages import base45, packed
from offline.messages.errors import Malformed

MOST_FRAMES = 8
_FRAME = re.compile(
    r"OFP1/(?P<number>[1-8])/(?P<count>[1-8])/(?P<of>[0-9A-F]{8}):(?P<chunk>.+)", re.DOTALL
)


def split(body: bytes, count: int) -> list[str]:
    """Cut packed bytes into `count` texts of equal chunks but for the last; 8 at most."""
    size = -(-len(body) // max(count, 1)) or 1
    chunks = [body[start : start + size] for start in range(0, len(body), size)]
    if len(chunks) != count or count > MOST_FRAMES:
        raise Malformed("There are one to eight frames, and each has a byte.")
    of = _digest(body)
    return [
        f"OFP1/{number}/{count}/{of}:{base45.encode(chunk)}"
        for number, chunk in enumerate(chunks, 1)
    ]


def is_frame(text: str) -> bool:
    """Whether this looks like one frame of several."""
    return _FRAME.fullmatch(text) is not None


class Frames:
    """Collects the frames of one body; the same one may come again and again."""

    def __init__(self) -> None:
        self._count = 0
        self._of = ""
        self._chunks: dict[int, bytes] = {}

    @property
    def missing(self) -> list[int]:
        """The numbers that have not come, counting from 1."""
        return [n for n in range(1, self._count + 1) if n not in self._chunks]

    def add(self, text: str) -> bool:
        """Take a frame; return whether all are there. Raises `Malformed`, and keeps the others.

        Refused are frames of another body, and one that differs from what came before.
        """
        match = _FRAME.fullmatch(text) if len(text) <= packed.LONGEST_TEXT else None
        if match is None:
            raise Malformed("This is not a frame.")
        number, count = int(match["number"]), int(match["count"])
        chunk = base45.decode(match["chunk"])
        if number > count or (self._chunks and (count, match["of"]) != (self._count, self._of)):
            raise Malformed("This frame belongs to another message.")
        if self._chunks.setdefault(number, chunk) != chunk:
            raise Malformed("This frame came before with other content.")
        self._count, self._of = count, match["of"]
        return not self.missing

    def body(self) -> bytes:
        """Return the packed bytes; raises `Malformed` while one is missing, or if one is wrong."""
        if not self._chunks or self.missing:
            raise Malformed("Not all frames have come.")
        body = b"".join(self._chunks[number] for number in sorted(self._chunks))
        if _digest(body) != self._of:
            raise Malformed("The frames do not make up the message that they name.")
        return body


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:8].upper()
