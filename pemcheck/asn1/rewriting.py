"""
The same private key in another form: nothing is calculated, only the structure around the numbers changes.

Everything here is secret, and has been read before; what cannot be rewritten raises ValueError.
"""

from __future__ import annotations

from .. import der
from .basic import content, elements, encode_oid

CURVES = {
    "prime256v1": "1.2.840.10045.3.1.7",
    "secp384r1": "1.3.132.0.34",
    "secp521r1": "1.3.132.0.35",
}
"""The curves that a key may be given by name, and their OIDs (RFC 5480 section 2.1.1.1)."""


def inner_key(info: bytes) -> bytes:
    """Return what stands inside of a PrivateKeyInfo (RFC 5958): of an RSA key its PKCS#1 form (RFC 8017 A.1.2)."""
    return content(elements(der.parse(info))[2], der.OCTET_STRING)


def with_named_curve(body: str, data: bytes, curve: str) -> bytes:
    """
    Return an EC key with *curve*, of ``CURVES``, in the place of its curve's parameters, or where there are none.

    *data* is an ECPrivateKey (RFC 5915) where *body* is ``sec1``, a PrivateKeyInfo where it is ``pkcs8``.
    """
    name = encode_oid(CURVES[curve])
    if body == "sec1":
        return _sec1(data, name, True)
    version, identifier, octets, *rest = elements(der.parse(data))
    algorithm = der.encode(der.SEQUENCE, elements(identifier)[0].der, name)
    key = der.encode(der.OCTET_STRING, _sec1(content(octets, der.OCTET_STRING), name, False))
    return der.encode(der.SEQUENCE, version.der, algorithm, key, *(each.der for each in rest))


def _sec1(data: bytes, name: bytes, always: bool) -> bytes:
    """Return an ECPrivateKey with its curve's name; unless *always*, only where it stated parameters before."""
    version, scalar, *rest = elements(der.parse(data))
    stated = any(each.tag == 0xA0 for each in rest)
    parameters = [der.encode(0xA0, name)] if stated or always else []
    others = [each.der for each in rest if each.tag != 0xA0]
    return der.encode(der.SEQUENCE, version.der, scalar.der, *parameters, *others)
