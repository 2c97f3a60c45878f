"""The codes hold what they should. That scanners read them was tried with ZXing by hand."""

from __future__ import annotations

import re
import struct
import xml.etree.ElementTree as ET
import zlib

import pytest

from offline.messages import Malformed, PrivateKey, frames, packed, qr, sign
from offline.messages.qr import QUIET_ZONE, Code
from offline.tests.messages import samples
from offline.tests.messages.vectors import DOCUMENT

PAIR = [DOCUMENT["V1"], DOCUMENT["CA"]]


@pytest.mark.parametrize(
    ("names", "drawn"),
    [
        (["R1"], [(17, "M")]),
        (["S1"], [(20, "M")]),
        (["Q1", "CR"], [(26, "L")]),
        (["V1", "CA"], [(27, "L")]),
        (["V1", "V2", "CA"], [(25, "M"), (25, "M")]),
    ],
)
def test_sizes_are_those_of_the_protocol(names: list[str], drawn: list[tuple[int, str]]) -> None:
    codes = qr.codes([DOCUMENT[name] for name in names])

    assert [(code.version, code.correction) for code in codes] == drawn
    for code in codes:
        assert len(code.rows) == 17 + 4 * code.version + 2 * QUIET_ZONE


def test_two_frames_of_a_payment_are_finer_than_one_code() -> None:
    codes = [qr.code(text) for text in frames.split(packed.to_body(PAIR), 2)]

    assert [(code.version, code.correction) for code in codes] == [(22, "M"), (22, "M")]


def test_a_payment_of_large_keys_takes_more_than_one_code() -> None:
    key = PrivateKey.generate(3072)
    vouchers = [sign(samples.voucher(), key).text for _ in range(3)]

    codes = qr.codes([*vouchers, DOCUMENT["CA"]])

    assert len(codes) > 1
    assert all(code.version <= qr.LARGEST_VERSION for code in codes)


def test_the_picture_shows_every_module() -> None:
    code = qr.code("OFP1:BB8")
    for scale in (1, 3, 4, 8):
        assert modules(code.png(scale=scale), scale) == code.rows


def test_the_drawing_shows_every_module() -> None:
    code = qr.code(packed.to_text(PAIR))
    root = ET.fromstring(code.svg())  # noqa: S314 -- our own
    size = len(code.rows)
    assert root.get("viewBox") == f"0 0 {size} {size}"

    dark = [[False] * size for _ in range(size)]
    path = root[1].get("d")
    assert path is not None
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path):
        for column in range(int(x), int(x) + int(length)):
            dark[int(y)][column] = True
    assert tuple(map(tuple, dark)) == code.rows


def test_the_terminal_shows_every_module() -> None:
    code = qr.code("OFP1:BB8")
    shown = {" ": (True, True), "▄": (True, False), "▀": (False, True), "█": (False, False)}
    pairs = [[shown[block] for block in line] for line in code.terminal().splitlines()]
    rows = [tuple(pair[half] for pair in line) for line in pairs for half in (0, 1)]

    assert tuple(rows[: len(code.rows)]) == code.rows
    assert not any(any(row) for row in rows[len(code.rows) :])


def test_the_quiet_zone_is_quiet() -> None:
    rows = qr.code("OFP1:BB8").rows
    for edge in (rows[:QUIET_ZONE], rows[-QUIET_ZONE:]):
        assert not any(any(row) for row in edge)
    assert not any(any(row[:QUIET_ZONE] + row[-QUIET_ZONE:]) for row in rows)
    assert rows[QUIET_ZONE][QUIET_ZONE]


@pytest.mark.parametrize("text", ["0" * 4_297, "OFP1:" + "A" * 5_000])
def test_too_much_is_not_drawn(text: str) -> None:
    with pytest.raises(Malformed):
        qr.code(text)


def test_as_much_as_a_code_holds_is_drawn() -> None:
    code: Code = qr.code("OFP1:QED8WEX0" * 330 + "OFP1:B")

    assert (code.version, code.correction) == (40, "L")


def modules(png: bytes, scale: int) -> tuple[tuple[bool, ...], ...]:
    """Read a PNG of one bit a pixel back; true where it is black."""
    chunks = {}
    at = 8
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        name, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack_from(">I", png, at + 8 + length)
        assert checksum == zlib.crc32(name + data)
        chunks[name] = data
        at += 12 + length
    width, height, depth, kind = struct.unpack_from(">IIBB", chunks[b"IHDR"])
    assert (width, depth, kind) == (height, 1, 0)
    pixels = zlib.decompress(chunks[b"IDAT"])
    stride = 1 + -(-width // 8)
    assert len(pixels) == stride * height
    rows = []
    for y in range(0, height, scale):
        line = pixels[y * stride : (y + 1) * stride]
        assert line[0] == 0
        for below in range(scale):
            assert pixels[(y + below) * stride : (y + below + 1) * stride] == line
        bits = "".join(f"{byte:08b}" for byte in line[1:])[:width]
        rows.append(tuple(bits[x] == "0" for x in range(0, width, scale)))
    return tuple(rows)
