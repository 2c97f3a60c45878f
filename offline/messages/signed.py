"""A message with its body: read one, prove it, make one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from offline.messages import strict_json
from offline.messages.errors import Malformed
from offline.messages.jws import LARGEST_PAYLOAD, Jws
from offline.messages.keys import PrivateKey, PublicKey
from offline.messages.members import Body

B = TypeVar("B", bound=Body)


@dataclass(frozen=True, slots=True)
class Signed(Generic[B]):
    """A well-formed message. `body` may be believed once `verify` has returned, not before."""

    jws: Jws
    body: B

    @property
    def text(self) -> str:
        """The compact JWS, as it was received or made."""
        return self.jws.text

    @property
    def vid(self) -> str:
        """The message's id: the same for every signature over one payload."""
        return self.jws.vid

    @property
    def kid(self) -> str:
        """The id of the key that the message says it is signed with."""
        return self.jws.kid

    def verify(self, key: PublicKey) -> B:
        """Return the body; raises `BadSignature` unless the owner of `key` signed it."""
        self.jws.verify(key)
        return self.body


def read(kind: type[B], text: object, *, largest: int = LARGEST_PAYLOAD) -> Signed[B]:
    """Read a message of one kind and prove nothing; raises `Malformed`, `WeakKey`."""
    jws = Jws.read(text, largest=largest)
    if jws.typ != kind.TYP:
        raise Malformed(f"This is {jws.typ[:20]!r}; {kind.TYP!r} is wanted.")
    return Signed(jws, kind.from_members(strict_json.read(jws.payload)))


def sign(body: B, key: PrivateKey) -> Signed[B]:
    """Make a message; raises `Malformed` when the body is none that `read` would take."""
    members = body.to_members()
    checked = type(body).from_members(members)
    return Signed(Jws.sign(typ=body.TYP, payload=strict_json.write(members), key=key), checked)
