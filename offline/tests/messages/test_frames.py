from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline.messages import Malformed, bundles, frames, packed
from offline.messages.frames import Frames
from offline.tests.messages.vectors import DOCUMENT

PAIR = [DOCUMENT["V1"], DOCUMENT["CA"]]
BODY = packed.to_body(PAIR)


@given(count=st.integers(1, 8), order=st.randoms(use_true_random=False))
def test_frames_come_in_any_order_and_again_and_again(count: int, order: random.Random) -> None:
    texts = frames.split(BODY, count)
    shown = texts * 2
    order.shuffle(shown)
    collected = Frames()

    for text in shown:
        collected.add(text)

    assert collected.missing == []
    assert packed.from_body(collected.body()) == PAIR
    assert bundles.from_any("\n".join(shown)) == PAIR


def test_frames_count_from_one_and_are_equal_but_for_the_last() -> None:
    texts = frames.split(BODY, 3)

    assert [text[:9] for text in texts] == ["OFP1/1/3/", "OFP1/2/3/", "OFP1/3/3/"]
    assert {text[9:18] for text in texts} == {texts[0][9:18]}
    sizes = [len(text) for text in texts]
    assert sizes[0] == sizes[1] >= sizes[2]


def test_all_must_come() -> None:
    texts = frames.split(BODY, 4)
    collected = Frames()
    with pytest.raises(Malformed):
        collected.body()
    for text in texts[:3] * 2:
        assert not collected.add(text)
    assert collected.missing == [4]
    with pytest.raises(Malformed):
        collected.body()
    assert collected.add(texts[3])
    assert collected.body() == BODY


def test_frames_of_another_message_are_refused_and_disturb_nothing() -> None:
    texts = frames.split(BODY, 2)
    others = [*frames.split(packed.to_body([DOCUMENT["V2"], DOCUMENT["CA"]]), 2)]
    collected = Frames()
    collected.add(texts[0])
    for wrong in (*others, *frames.split(BODY, 3), texts[0][:-3]):
        with pytest.raises(Malformed):
            collected.add(wrong)
    collected.add(texts[1])

    assert collected.body() == BODY


def test_chunks_of_another_message_under_this_ones_name_are_noticed() -> None:
    texts = frames.split(BODY, 2)
    other = frames.split(packed.to_body([DOCUMENT["V2"], DOCUMENT["CA"]]), 2)[1]
    collected = Frames()
    collected.add(texts[0])
    collected.add(texts[1][:18] + other[18:])

    with pytest.raises(Malformed):
        collected.body()


@pytest.mark.parametrize(
    "text",
    [
        "OFP1/0/2/ABCDEF01:BB8",
        "OFP1/3/2/ABCDEF01:BB8",
        "OFP1/1/9/ABCDEF01:BB8",
        "OFP1/9/9/ABCDEF01:BB8",
        "OFP1/1/2/abcdef01:BB8",
        "OFP1/1/2/ABCDEF0:BB8",
        "OFP1/1/2/ABCDEF01:bb8",
        "OFP1/1/2/ABCDEF01:",
        "OFP1/1/2/ABCDEF01BB8",
        "OFP1/01/2/ABCDEF01:BB8",
        "OFP1/1/2/ABCDEF01:" + "0" * 5_000,
        "OFP1:BB8",
        "",
    ],
)
def test_what_is_no_frame_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        Frames().add(text)


@pytest.mark.parametrize("count", [0, -1, 9, 5_000])
def test_there_are_one_to_eight(count: int) -> None:
    with pytest.raises(Malformed):
        frames.split(BODY, count)
