"""QR codes for screens, as PNG, as SVG and as lines of text."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import qrcode
from qrcode.exceptions import DataOverflowError
from qrcode.util import MODE_ALPHA_NUM, QRData

from offline.messages import frames, packed
from offline.messages.errors import Malformed

QUIET_ZONE = 4
# Above it, less error correction makes modules that a camera still resolves.
_LARGEST_M = 25
# Above it, two codes are read sooner than one.
LARGEST_VERSION = 30


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code: `rows` of modules, true where dark, with the quiet zone around it."""

    version: int
    correction: str
    rows: tuple[tuple[bool, ...], ...]

    def png(self, *, scale: int = 4) -> bytes:
        """A picture in black and white, `scale` pixels to a module."""
        size = len(self.rows) * scale
        lines = b"".join((b"\0" + _bits(row, scale)) * scale for row in self.rows)
        return b"\x89PNG\r\n\x1a\n" + b"".join(
            _chunk(name, data)
            for name, data in (
                (b"IHDR", struct.pack(">IIBBBBB", size, size, 1, 0, 0, 0, 0)),
                (b"IDAT", zlib.compress(lines, 9)),
                (b"IEND", b""),
            )
        )

    def svg(self) -> str:
        """A drawing without a size of its own: show a module at 0.4 mm at least."""
        size = len(self.rows)
        path = "".join(f"M{x} {y}h{length}v1h-{length}z" for x, y, length in self._runs())
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" '
            f'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{size}v{size}h-{size}z"/>'
            f'<path d="{path}"/></svg>'
        )

    def terminal(self) -> str:
        """Two rows of modules to a line of text, light on dark, as terminals mostly are."""
        rows = [*self.rows, *([(False,) * len(self.rows)] * (len(self.rows) % 2))]
        blocks = {(True, True): " ", (True, False): "▄", (False, True): "▀", (False, False): "█"}
        pairs = zip(rows[::2], rows[1::2], strict=True)
        return "\n".join(
            "".join(blocks[pair] for pair in zip(upper, lower, strict=True))
            for upper, lower in pairs
        )

    def _runs(self) -> list[tuple[int, int, int]]:
        runs = []
        for y, row in enumerate(self.rows):
            start = None
            for x, dark in enumerate((*row, False)):
                if dark and start is None:
                    start = x
                elif not dark and start is not None:
                    runs.append((start, y, x - start))
                    start = None
        return runs


def code(text: str) -> Code:
    """Draw a packed text or a frame; raises `Malformed` when no QR code holds it."""
    drawn = _draw(text, qrcode.ERROR_CORRECT_M, _LARGEST_M)
    if drawn is not None:
        return Code(drawn.version, "M", _rows(drawn))
    drawn = _draw(text, qrcode.ERROR_CORRECT_L, 40)
    if drawn is None:
        raise Malformed("This is more than a QR code holds.")
    return Code(drawn.version, "L", _rows(drawn))


def codes(messages: Sequence[str]) -> list[Code]:
    """Draw messages in one code; in as few frames as it takes where that would be too fine."""
    body = packed.to_body(messages)
    texts = [packed.to_text(messages)]
    while (drawn := [*map(_fits, texts)]) and None in drawn:
        texts = frames.split(body, len(texts) + 1)
    return [each for each in drawn if each is not None]


def _fits(text: str) -> Code | None:
    if len(text) > packed.LONGEST_TEXT:
        return None
    drawn = code(text)
    return drawn if drawn.version <= LARGEST_VERSION else None


def _draw(text: str, correction: int, largest: int) -> qrcode.QRCode | None:
    drawing = qrcode.QRCode(error_correction=correction, border=QUIET_ZONE)
    # Left to itself, the library makes another segment of each run of digits.
    drawing.add_data(QRData(text, mode=MODE_ALPHA_NUM), optimize=0)
    try:
        version = drawing.best_fit()
    except (DataOverflowError, ValueError):
        return None
    if version > largest:
        return None
    drawing.make(fit=False)
    return drawing


def _rows(drawing: qrcode.QRCode) -> tuple[tuple[bool, ...], ...]:
    return tuple(tuple(map(bool, row)) for row in drawing.get_matrix())


def _bits(row: Sequence[bool], scale: int) -> bytes:
    """One line of pixels, a bit each, 1 where light, filled up to whole bytes."""
    bits = "".join(("0" if dark else "1") * scale for dark in row)
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
