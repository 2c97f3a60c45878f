from __future__ import annotations

import struct
import time
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline.messages import Malformed, base45, bundles, packed
from offline.tests.messages.vectors import DOCUMENT

# What a hostile text may cost: seconds of the processor, and bytes.
MOST_SECONDS = 0.05
MOST_BYTES = 10_000_000

PAIR = [DOCUMENT["V1"], DOCUMENT["CA"]]


def deflated(raw: bytes, level: int = 9) -> bytes:
    deflater = zlib.compressobj(level, zlib.DEFLATED, -15)
    return deflater.compress(raw) + deflater.flush()


def body(texts: bytes, signatures: bytes, *, count: int = 1, version: int = 1) -> bytes:
    inner = deflated(texts)
    return struct.pack(">BBH", version, count, len(inner)) + inner + signatures


def entry(*, header: int = 2, payload: int = 2, signature: int = 256) -> bytes:
    return struct.pack(">BHH", header, payload, signature) + b"{}" + b"{}"


def refuses(raw: bytes) -> None:
    with pytest.raises(Malformed):
        packed.from_body(raw)


@pytest.mark.parametrize("names", [["V1"], ["V1", "CA"], ["R1", "CR"], ["V1", "V2", "CA", "CR"]])
def test_what_is_packed_comes_back_to_the_letter(names: list[str]) -> None:
    messages = [DOCUMENT[name] for name in names]

    text = packed.to_text(messages)

    assert packed.from_text(text) == messages
    assert bundles.from_any(text) == messages
    assert bundles.from_any(f"{text}\n") == messages
    assert bundles.from_any(bundles.to_plain(messages)) == messages


@pytest.mark.parametrize("level", [0, 1, 6, 9])
def test_other_encoders_may_deflate_otherwise(level: int) -> None:
    raw = packed.to_body(PAIR)
    (size,) = struct.unpack(">H", raw[2:4])
    texts = zlib.decompress(raw[4 : 4 + size], -15)
    inner = deflated(texts, level)

    assert (
        packed.from_body(raw[:2] + struct.pack(">H", len(inner)) + inner + raw[4 + size :]) == PAIR
    )


def test_no_length_but_the_whole_is_a_body() -> None:
    raw = packed.to_body(PAIR)
    assert len(raw) == 1394

    for length in range(len(raw)):
        refuses(raw[:length])
    refuses(raw + b"\0")


def test_no_text_with_another_character_gives_the_same_messages() -> None:
    """Packing protects nothing, signatures do; but a slip of the camera should not pass quietly."""
    text = packed.to_text([DOCUMENT["R1"]])
    for at in range(len(text)):
        for other in "0A:é":
            altered = text[:at] + other + text[at + 1 :]
            if altered == text:
                continue
            try:
                assert packed.from_text(altered) != [DOCUMENT["R1"]]
            except Malformed:
                continue


@given(raw=st.binary(max_size=2_000))
def test_random_bytes_are_refused(raw: bytes) -> None:
    refuses(raw)
    refuses(b"\x01\x01" + raw)


@given(text=st.text(max_size=200))
def test_random_texts_are_refused(text: str) -> None:
    with pytest.raises(Malformed):
        packed.from_text(text)


def test_the_head_is_checked() -> None:
    good = body(entry(), b"s" * 256)
    assert len(packed.from_body(good)) == 1

    refuses(body(entry(), b"s" * 256, version=2))
    refuses(body(entry(), b"s" * 256, count=0))
    refuses(body(entry() * 5, b"s" * 256 * 5, count=5))
    refuses(body(entry() * 255, b"s" * 256 * 255, count=255))
    refuses(body(entry(), b"s" * 256, count=2))
    refuses(body(entry() * 2, b"s" * 512, count=1))


def test_sizes_add_up() -> None:
    for size in (0, 1, 255, 257, 383, 385, 512, 65_535):
        refuses(body(entry(signature=size), b"s" * min(size, 4_000)))
    refuses(body(entry(), b"s" * 255))
    refuses(body(entry(), b"s" * 257))
    refuses(body(entry(header=3), b"s" * 256))
    refuses(body(entry(payload=1), b"s" * 256))
    refuses(body(entry(payload=65_535), b"s" * 256))
    refuses(body(entry()[:-5], b"s" * 256))


def test_what_is_inflated_ends_where_it_should() -> None:
    inner = deflated(entry())
    for wrong in (inner + b"\0", inner[:-1], inner + inner, b"\xff" * 20, b""):
        refuses(struct.pack(">BBH", 1, 1, len(wrong)) + wrong + b"s" * 256)


def test_exactly_8192_bytes_may_be_inflated() -> None:
    room = packed.LARGEST_INFLATED - 5 - 2
    for payload in (room, room + 1):
        texts = struct.pack(">BHH", 2, payload, 256) + b"{}" + b"x" * payload
        if payload == room:
            assert len(packed.from_body(body(texts, b"s" * 256))) == 1
        else:
            refuses(body(texts, b"s" * 256))


def test_a_bomb_does_not_go_off() -> None:
    bomb = deflated(b"\0" * 10_000_000)
    raw = struct.pack(">BBH", 1, 1, len(bomb)) + bomb + b"s" * 256
    # Larger than a body may be, and cut to what may be one.
    for tried in (raw, raw[: packed.LARGEST_BODY]):
        tracemalloc.start()
        begun = time.process_time()
        refuses(tried)
        spent = time.process_time() - begun
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert spent < MOST_SECONDS
        assert most < MOST_BYTES


def test_a_small_bomb_does_not_go_off_either() -> None:
    bomb = deflated(b"\0" * 1_000_000)
    assert len(bomb) < 1_100

    with pytest.raises(Malformed):
        packed.from_text(
            packed.PREFIX + base45.encode(struct.pack(">BBH", 1, 1, len(bomb)) + bomb + b"s" * 256)
        )


def test_a_text_fits_a_qr_code() -> None:
    with pytest.raises(Malformed):
        packed.from_text(packed.PREFIX + "0" * 5_000)
    for wrong in ("", "OFP1", "OFP1:", "ofp1:BB8", "OFP2:BB8", " OFP1:BB8"):
        with pytest.raises(Malformed):
            packed.from_text(wrong)
    with pytest.raises(Malformed):
        packed.from_text(packed.to_text(PAIR).lower())


@pytest.mark.parametrize(
    "messages", [[], ["a.b"], ["a.b.c.d"], [""], ["+.+.+"], [DOCUMENT["R1"]] * 5]
)
def test_only_messages_are_packed(messages: list[str]) -> None:
    with pytest.raises(Malformed):
        packed.to_body(messages)


def test_too_much_is_not_packed() -> None:
    large = ".".join(("e30", "A" * 12_000, "A" * 342))
    with pytest.raises(Malformed):
        packed.to_body([large])


def test_plain_texts_are_bounded() -> None:
    for wrong in ("~".join(["a"] * 5), "a" * 70_000):
        with pytest.raises(Malformed):
            bundles.from_any(wrong)
