"""Every refusal of a message. `code` is stable and goes over the wire."""

from __future__ import annotations


class MessageRefusal(Exception):
    """Something is not a message of this protocol, and nothing of it may be used."""

    code = "malformed"


class Malformed(MessageRefusal):
    """Not to the letter of the protocol: shape, encoding, size, header or a member."""


class BadSignature(MessageRefusal):
    """The signature was not made over these bytes by the key it is checked with."""

    code = "bad_signature"


class WeakKey(MessageRefusal):
    """A public key of another size or exponent, or with a factor that anybody finds."""

    code = "weak_key"


class NoProof(MessageRefusal):
    """Two messages that do not prove what they are shown for."""

    code = "no_proof"
