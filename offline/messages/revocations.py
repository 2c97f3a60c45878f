"""Revocation lists and what changed between two of them: one `typ`, told apart by members."""

from __future__ import annotations

from offline.messages import strict_json
from offline.messages.bodies import RevocationDelta, RevocationList
from offline.messages.errors import Malformed
from offline.messages.jws import LARGEST_LIST, Jws
from offline.messages.signed import Signed


def read_revocations(text: object) -> Signed[RevocationList] | Signed[RevocationDelta]:
    """Read a list or a delta and prove nothing; raises `Malformed`."""
    jws = Jws.read(text, largest=LARGEST_LIST)
    if jws.typ != RevocationList.TYP:
        raise Malformed(f"This is {jws.typ[:20]!r}; {RevocationList.TYP!r} is wanted.")
    members = strict_json.read(jws.payload)
    if "base" in members:
        return Signed(jws, RevocationDelta.from_members(members))
    return Signed(jws, RevocationList.from_members(members))
