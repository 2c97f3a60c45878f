"""Whether a maker of devices vouches for a key: certificates from the key's own to a root."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from django.conf import settings

from offline.messages import PublicKey

_LONGEST = 6


def is_attested(chain: tuple[bytes, ...], *, key: PublicKey) -> bool:
    """Whether the chain is about this key and ends at a root that the operator trusts.

    Anything else makes a device of the basic tier: nobody is refused for it.
    """
    if not 1 <= len(chain) <= _LONGEST:
        return False
    try:
        certificates = [x509.load_der_x509_certificate(der) for der in chain]
        return _is_of(certificates[0], key) and _leads_to_root(certificates)
    except (ValueError, TypeError, InvalidSignature):
        return False


def _is_of(certificate: x509.Certificate, key: PublicKey) -> bool:
    public = certificate.public_key()
    return isinstance(public, RSAPublicKey) and public.public_numbers().n == key.modulus


def _leads_to_root(certificates: list[x509.Certificate]) -> bool:
    for certificate, issuer in pairwise(certificates):
        certificate.verify_directly_issued_by(issuer)
    # An attested key can sign what looks like a certificate: only an authority's word counts.
    if not all(_is_authority(issuer) for issuer in certificates[1:]):
        return False
    last = certificates[-1]
    return any(root == last or _issued(root, last) for root in _roots(_path()))


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    except x509.ExtensionNotFound:
        return False
    return constraints.value.ca


def _issued(root: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(root)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _path() -> str:
    path: str = settings.OFFLINE_ATTESTATION_ROOTS
    return path


@cache
def _roots(path: str) -> list[x509.Certificate]:
    if not path:
        return []
    return x509.load_pem_x509_certificates(Path(path).read_bytes())
