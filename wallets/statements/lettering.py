"""The type that statements are set in, and what is done with letters that it does not have."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from functools import cache
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

PLAIN, BOLD = "Vera", "VeraBd"

for _name in (PLAIN, BOLD):  # they come with reportlab, and go into each file
    pdfmetrics.registerFont(TTFont(_name, f"{_name}.ttf"))


def fitted(text: str, *, font: str, size: float, room: float) -> str:
    """Return the text as the font can write it, cut where `room` points are full."""
    if not (text.isprintable() and _glyphs(font).issuperset(map(ord, text))):
        text = "".join(_letter(letter, font) for letter in text)
    if pdfmetrics.stringWidth(text, font, size) <= room:
        return text
    fits = bisect_right(
        range(len(text)), room, key=lambda end: pdfmetrics.stringWidth(f"{text[:end]}…", font, size)
    )
    return f"{text[: max(0, fits - 1)].rstrip()}…"


@cache
def _glyphs(font: str) -> frozenset[int]:
    face: Any = pdfmetrics.getFont(font)
    return frozenset(face.face.charToGlyph)


def _letter(letter: str, font: str) -> str:
    """Ọ is written O where there is no Ọ, and what has no such likeness as a question mark."""
    known = _glyphs(font)
    if ord(letter) in known and letter.isprintable():
        return letter
    likeness = (part for part in unicodedata.normalize("NFKD", letter) if ord(part) in known)
    plain = "".join(part for part in likeness if part.isprintable())
    return plain or (" " if letter.isspace() else "?")
