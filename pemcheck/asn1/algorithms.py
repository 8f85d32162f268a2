"""Algorithms and public keys."""

from __future__ import annotations

import re

from asn1crypto import algos, keys

from .. import arithmetic, der
from ..facts import Algorithm, PublicKey
from .basic import NULL, algorithm_identifier, bits, content, count, elements, encode_oid, integer, oid, only, whole
from .remembered import once_each

RSA, RSASSA_PSS, EC, DSA = (
    "1.2.840.113549.1.1.1",
    "1.2.840.113549.1.1.10",
    "1.2.840.10045.2.1",
    "1.2.840.10040.4.1",
)
RAW_KEYS = {
    "1.3.101.110": ("X25519", "x25519", 255, 32),
    "1.3.101.111": ("X448", "x448", 448, 56),
    "1.3.101.112": ("Ed25519", "ed25519", 255, 32),
    "1.3.101.113": ("Ed448", "ed448", 448, 57),
}
"""Name, kind, bits of the field, octets of the public key (RFC 8410)."""
_DH = ("1.2.840.113549.1.3.1", "1.2.840.10046.2.1")
# RFC 8017 appendix A.2.4 and NIST's CSOR, which asn1crypto 1.5.1 lacks
_MORE_SIGNATURES = {
    "1.2.840.113549.1.1.15": "sha512_224_rsa",
    "1.2.840.113549.1.1.16": "sha512_256_rsa",
    "2.16.840.1.101.3.4.3.3": "sha384_dsa",
    "2.16.840.1.101.3.4.3.4": "sha512_dsa",
    "2.16.840.1.101.3.4.3.5": "sha3_224_dsa",
    "2.16.840.1.101.3.4.3.6": "sha3_256_dsa",
    "2.16.840.1.101.3.4.3.7": "sha3_384_dsa",
    "2.16.840.1.101.3.4.3.8": "sha3_512_dsa",
    "2.16.840.1.101.3.4.3.13": "sha3_224_rsa",
    "2.16.840.1.101.3.4.3.14": "sha3_256_rsa",
    "2.16.840.1.101.3.4.3.15": "sha3_384_rsa",
    "2.16.840.1.101.3.4.3.16": "sha3_512_rsa",
}
DIGESTS = {
    "1.3.14.3.2.26": "sha1",
    "1.2.840.113549.2.5": "md5",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
    "2.16.840.1.101.3.4.2.4": "sha224",
    "2.16.840.1.101.3.4.2.5": "sha512_224",
    "2.16.840.1.101.3.4.2.6": "sha512_256",
    "2.16.840.1.101.3.4.2.7": "sha3_224",
    "2.16.840.1.101.3.4.2.8": "sha3_256",
    "2.16.840.1.101.3.4.2.9": "sha3_384",
    "2.16.840.1.101.3.4.2.10": "sha3_512",
}
_MGF1 = "1.2.840.113549.1.1.8"
RSA_ENCRYPTION = der.encode(der.SEQUENCE, encode_oid(RSA), NULL)
"""The DER of RSA's AlgorithmIdentifier."""
_AWS_CURVES = {"secp256r1": "prime256v1"}  # one curve, two names; AWS uses this one


def signature_algorithm(node: der.Node) -> Algorithm:
    """Return the facts of a signature's AlgorithmIdentifier (RFC 5280 section 4.1.1.2)."""
    try:
        return _known_algorithm(node.der)
    except ValueError:
        return _algorithm(node)  # which says where it stands


def _algorithm(node: der.Node) -> Algorithm:
    dotted, parameters = algorithm_identifier(node)
    if dotted == RSASSA_PSS:
        # a signature has to say its parameters (RFC 4055 section 3.1); nobody verifies one that does not
        return pss(node, parameters) if parameters is not None else Algorithm(dotted, "rsassa_pss", node.der)
    known: dict[str, str] = algos.SignedDigestAlgorithmId._map
    name = known.get(dotted) or _MORE_SIGNATURES.get(dotted, dotted)
    digest = name.rpartition("_")[0]
    return Algorithm(dotted, name, node.der, digest if digest != "rsassa" else "")


_known_algorithm = once_each(lambda data: _algorithm(whole(data)))


def pss(node: der.Node, parameters: der.Node) -> Algorithm:
    """Return the facts of RSASSA-PSS with its parameters and their defaults (RFC 8017 appendix A.2.3)."""
    digest, mgf_digest, salt = "sha1", "sha1", 20
    for part in elements(parameters):
        inner = only(part, part.tag)
        if part.tag == 0xA0:
            digest = _digest(inner)
        elif part.tag == 0xA1:
            mask, mask_digest = elements(inner)
            mgf_digest = _digest(mask_digest) if oid(mask) == _MGF1 else oid(mask)
        elif part.tag == 0xA2:
            salt = count(inner)
        elif part.tag != 0xA3 or integer(inner) != 1:
            raise ValueError("an RSASSA-PSS trailer field that is not 1")
    return Algorithm(RSASSA_PSS, "rsassa_pss", node.der, digest, mgf_digest, salt)


def _digest(node: der.Node) -> str:
    dotted, _ = algorithm_identifier(node)
    return DIGESTS.get(dotted, dotted)


def spki(identifier: bytes, octets: bytes) -> bytes:
    """Return the DER SubjectPublicKeyInfo of an AlgorithmIdentifier and the key's octets."""
    return der.encode(der.SEQUENCE, identifier, der.encode(der.BIT_STRING, b"\0", octets))


def public_key(data: bytes) -> PublicKey:
    """Return the facts of a DER SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7)."""
    node = der.parse(data)
    identifier, key = elements(node)
    octets = bits(key)
    if not octets:
        raise ValueError("a public key without content")
    return public_key_of(identifier, octets).replace(der=node.der)


def public_key_of(identifier: der.Node, octets: bytes) -> PublicKey:
    """Return the facts of a public key; a private key may say nothing but its AlgorithmIdentifier."""
    dotted, parameters = algorithm_identifier(identifier)
    key = _key_of(dotted, parameters, identifier, octets)
    return key.replace(der=spki(identifier.der, octets) if octets else b"", identifier=identifier.der)


def _key_of(dotted: str, parameters: der.Node | None, identifier: der.Node, octets: bytes) -> PublicKey:
    if dotted == EC:
        return ec_key(parameters, octets)
    if dotted in (RSA, RSASSA_PSS):
        return _rsa_key(dotted, parameters, identifier, octets)
    if dotted in RAW_KEYS:
        algorithm, kind, size, length = RAW_KEYS[dotted]
        if octets and len(octets) != length:
            raise ValueError(f"an {algorithm} key of {len(octets)} bytes")
        return PublicKey(algorithm, kind, dotted, size, octets=octets)
    stated = parameters if parameters is not None and parameters.tag == der.SEQUENCE else None
    if dotted == DSA and stated is not None:
        return _dsa_key(stated, octets)
    if dotted in _DH:
        modulus = None if stated is None else integer(stated.children()[0]).bit_length()
        return PublicKey(dotted, "dh", dotted, modulus, octets=octets)
    return PublicKey(dotted, "other", dotted, octets=octets)


def _rsa_key(dotted: str, parameters: der.Node | None, identifier: der.Node, octets: bytes) -> PublicKey:
    der.walk_key(octets)
    key = keys.RSAPublicKey.load(octets, strict=True)
    numbers: tuple[int, int] = (key["modulus"].native, key["public_exponent"].native)
    if min(numbers) <= 0:
        raise ValueError("an RSA modulus or exponent that is not positive")
    size = numbers[0].bit_length()
    if dotted == RSA:
        return PublicKey(f"RSA_{size}", "rsa", dotted, size, numbers=numbers)
    restriction = pss(identifier, parameters) if parameters is not None and parameters.tag == der.SEQUENCE else None
    return PublicKey(f"RSASSA_PSS_{size}", "rsassa_pss", dotted, size, numbers=numbers, restriction=restriction)


def _dsa_key(parameters: der.Node, octets: bytes) -> PublicKey:
    """RFC 3279 section 2.3.2; in PKCS#8 the public number is not stated."""
    p, q, g = (integer(number) for number in elements(parameters))
    numbers: tuple[int, ...] = (p, q, g)
    if octets:
        der.walk_key(octets)
        numbers = (p, q, g, integer(whole(octets)))
    if min(numbers) <= 0:
        raise ValueError("a DSA number that is not positive")
    return PublicKey(f"DSA_{p.bit_length()}", "dsa", DSA, p.bit_length(), numbers=numbers)


def ec_key(parameters: der.Node | None, octets: bytes) -> PublicKey:
    """Return the facts of an EC key from its ECParameters (RFC 5480 section 2.1.1) and its point."""
    if parameters is None or parameters.tag == der.NULL:
        raise ValueError("the elliptic curve is not named")
    if parameters.tag == der.OID:
        curve_oid = oid(parameters)
        name: str = keys.NamedCurve._map.get(curve_oid, curve_oid)
        name = _AWS_CURVES.get(name, name)
        algorithm = f"EC_{name}" if name in arithmetic.CURVES else f"EC_{curve_oid}"
        key = PublicKey(algorithm, "ec", EC, _field_bits(name), name, curve_oid, octets=octets)
    else:
        size, same = _explicit(parameters)
        key = PublicKey("EC_explicit", "ec", EC, size, "explicit", None, octets=octets, same_curve_as=same)
    curve = arithmetic.CURVES.get(key.usual_curve or "")
    if curve is None or not octets:
        return key
    point = curve.decode(octets)
    return key.replace(numbers=point or (), on_curve=point is not None)


def _field_bits(name: str) -> int | None:
    """Return the field size that a curve's name tells, such as 384 of secp384r1 and 163 of c2pnb163v1."""
    curve = arithmetic.CURVES.get(name)
    if curve:
        return curve.bits
    match = None if "." in name else re.search(r"\d{3}", name)
    return int(match.group()) if match else None


def _explicit(parameters: der.Node) -> tuple[int | None, str | None]:
    """Return the field size of SpecifiedECDomain parameters (SEC 1 appendix C.2), and whose curve they are."""
    _, field, curve, base, order, *_ = elements(parameters)
    kind, size, *_ = elements(field)
    if oid(kind) != "1.2.840.10045.1.1":  # prime-field; the other is a field of characteristic two
        return (count(elements(size)[0]), None) if oid(kind) == "1.2.840.10045.1.2" else (None, None)
    p = integer(size)
    a, b = (int.from_bytes(content(node, der.OCTET_STRING), "big") for node in elements(curve)[:2])
    return p.bit_length(), arithmetic.named_curve(p, a, b, integer(order), content(base, der.OCTET_STRING))
