"""Merkle trees against the vectors of the reference implementation of RFC 6962."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.merkle import EMPTY, inclusion_path, leaf_hash, root, root_of

# Leaves, and the roots of the first one, two, ... of them, as the RFC's authors published them
# with their code (google/certificate-transparency, merkle_tree_test).
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# Paths of the same publication: leaf, size, hashes.
PATHS = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        3,
        ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    ),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
HASHED = [leaf_hash(leaf) for leaf in LEAVES]


def test_tree_of_nothing_is_the_hash_of_nothing() -> None:
    assert root([]) == EMPTY == sha256().digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_the_published_ones(size: int) -> None:
    assert root(HASHED[:size]).hex() == ROOTS[size - 1]


@pytest.mark.parametrize(("index", "size", "path"), PATHS)
def test_paths_are_the_published_ones(index: int, size: int, path: list[str]) -> None:
    assert [hash_.hex() for hash_ in inclusion_path(HASHED[:size], index)] == path


@given(st.integers(1, 70), st.data())
def test_path_leads_every_leaf_to_the_root(size: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(number.to_bytes(2)) for number in range(size)]
    index = data.draw(st.integers(0, size - 1))

    path = inclusion_path(leaves, index)

    assert root_of(leaves[index], index=index, size=size, path=path) == root(leaves)


@given(st.integers(1, 40), st.data())
def test_nothing_else_is_led_to_the_root(size: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(number.to_bytes(2)) for number in range(size)]
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_path(leaves, index)
    told = root(leaves)

    other = leaf_hash(b"forged")
    assert root_of(other, index=index, size=size, path=path) != told
    assert root_of(leaves[index], index=index, size=size, path=[*path, other]) != told
    assert path == [] or root_of(leaves[index], index=index, size=size, path=path[1:]) != told
    for place in range(len(path)):
        bent = [*path[:place], other, *path[place + 1 :]]
        assert root_of(leaves[index], index=index, size=size, path=bent) != told
    for elsewhere in (index - 1, index + 1, size):
        if elsewhere != index:
            found = root_of(leaves[index], index=elsewhere, size=size, path=path)
            assert found != told or elsewhere >= size


@pytest.mark.parametrize("index", [-1, 3])
def test_leaf_that_is_not_there_has_no_path(index: int) -> None:
    with pytest.raises(IndexError):
        inclusion_path(HASHED[:3], index)
    assert root_of(HASHED[0], index=index, size=3, path=[]) is None
