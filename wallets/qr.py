"""QR codes of addresses, as pictures. Pure."""

from __future__ import annotations

from io import BytesIO

import qrcode
from qrcode.image.svg import SvgPathImage

_MODULE = 8  # pixels


def png(text: str) -> bytes:
    """Return a PNG in black and white."""
    buffer = BytesIO()
    qrcode.make(text, box_size=_MODULE).save(buffer, "PNG")
    return buffer.getvalue()


def svg(text: str) -> bytes:
    """Return an SVG that fits its frame."""
    drawn: bytes = qrcode.make(text, image_factory=SvgPathImage).to_string()
    return drawn
