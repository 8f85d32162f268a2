"""Algorithms and public keys."""

from __future__ import annotations

from asn1crypto import algos, core, keys

from .. import arithmetic, der
from ..facts import Algorithm, PublicKey
from .names import oid

RSA, RSASSA_PSS, EC, DSA = (
    "1.2.840.113549.1.1.1",
    "1.2.840.113549.1.1.10",
    "1.2.840.10045.2.1",
    "1.2.840.10040.4.1",
)
RAW_KEYS = {
    "1.3.101.110": ("X25519", "x25519", 255),
    "1.3.101.111": ("X448", "x448", 448),
    "1.3.101.112": ("Ed25519", "ed25519", 255),
    "1.3.101.113": ("Ed448", "ed448", 448),
}
_DH = ("1.2.840.113549.1.3.1", "1.2.840.10046.2.1")
# RFC 8017 appendix A.2.4 and NIST's CSOR, which asn1crypto 1.5.1 lacks
_MORE_SIGNATURES = {
    "1.2.840.113549.1.1.15": "sha512_224_rsa",
    "1.2.840.113549.1.1.16": "sha512_256_rsa",
    "2.16.840.1.101.3.4.3.3": "sha384_dsa",
    "2.16.840.1.101.3.4.3.4": "sha512_dsa",
    "2.16.840.1.101.3.4.3.13": "sha3_224_rsa",
    "2.16.840.1.101.3.4.3.14": "sha3_256_rsa",
    "2.16.840.1.101.3.4.3.15": "sha3_384_rsa",
    "2.16.840.1.101.3.4.3.16": "sha3_512_rsa",
}
_DIGESTS = {
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
_AWS_CURVES = {"secp256r1": "prime256v1"}  # one curve, two names; AWS uses this one


def signature_algorithm(node: der.Node) -> Algorithm:
    """Return the facts of a signature's AlgorithmIdentifier (RFC 5280 section 4.1.1.2)."""
    first, *parameters = node.children()
    dotted = oid(first)
    if dotted == RSASSA_PSS:
        return pss(node, parameters)
    known: dict[str, str] = algos.SignedDigestAlgorithmId._map
    name = known.get(dotted) or _MORE_SIGNATURES.get(dotted, dotted)
    digest = name.rpartition("_")[0]
    return Algorithm(dotted, name, node.der, digest if digest != "rsassa" else "")


def pss(node: der.Node, parameters: list[der.Node]) -> Algorithm:
    """Return the facts of RSASSA-PSS with its parameters and their defaults (RFC 8017 appendix A.2.3)."""
    digest, mgf_digest, salt = "sha1", "sha1", 20
    for part in parameters[0].children() if parameters and parameters[0].tag == der.SEQUENCE else ():
        inner = part.children()[0]
        if part.tag == 0xA0:
            digest = _digest(inner)
        elif part.tag == 0xA1:
            mgf_digest = _digest(inner.children()[1])
        elif part.tag == 0xA2:
            salt = integer(inner)
        elif part.tag == 0xA3 and integer(inner) != 1:
            raise ValueError("an RSASSA-PSS trailer field that is not 1")
    return Algorithm(RSASSA_PSS, "rsassa_pss", node.der, digest, mgf_digest, salt)


def _digest(node: der.Node) -> str:
    dotted = oid(node.children()[0])
    return _DIGESTS.get(dotted, dotted)


def integer(node: der.Node) -> int:
    """Return the value of an INTEGER."""
    if node.tag != der.INTEGER or node.body == node.stop:
        raise ValueError(f"byte {node.start}: an INTEGER is missing")
    return int.from_bytes(node.content, "big", signed=True)


def bits(node: der.Node) -> bytes:
    """Return the octets of a BIT STRING, which must be whole octets."""
    if node.tag != der.BIT_STRING or node.content[:1] != b"\0":
        raise ValueError(f"byte {node.start}: a BIT STRING of whole octets is missing")
    return node.content[1:]


def spki(identifier: bytes, octets: bytes) -> bytes:
    """Return the DER SubjectPublicKeyInfo of an AlgorithmIdentifier and the key's octets."""
    return der.encode(der.SEQUENCE, identifier, der.encode(der.BIT_STRING, b"\0", octets))


def public_key(data: bytes) -> PublicKey:
    """Return the facts of a DER SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7)."""
    node = der.parse(data)
    identifier, key = node.children()
    return public_key_of(identifier, bits(key)).replace(der=node.der)


def public_key_of(identifier: der.Node, octets: bytes) -> PublicKey:
    """Return the facts of a public key from its AlgorithmIdentifier and its octets."""
    first, *parameters = identifier.children()
    key = _key_of(oid(first), parameters, identifier, octets)
    return key.replace(der=spki(identifier.der, octets), identifier=identifier.der)


def _key_of(dotted: str, parameters: list[der.Node], identifier: der.Node, octets: bytes) -> PublicKey:
    if dotted == EC:
        return ec_key(parameters[0] if parameters else None, octets)
    if dotted in (RSA, RSASSA_PSS):
        return _rsa_key(dotted, parameters, identifier, octets)
    if dotted in RAW_KEYS:
        algorithm, kind, size = RAW_KEYS[dotted]
        return PublicKey(algorithm, kind, dotted, size, octets=octets)
    if dotted == DSA and parameters and octets:
        p, q, g = (integer(number) for number in parameters[0].children())
        der.walk(octets)
        numbers = (p, q, g, integer(der.parse(octets)))
        return PublicKey(f"DSA_{p.bit_length()}", "dsa", dotted, p.bit_length(), numbers=numbers)
    return PublicKey(dotted, "dh" if dotted in _DH else "other", dotted, octets=octets)


def _rsa_key(dotted: str, parameters: list[der.Node], identifier: der.Node, octets: bytes) -> PublicKey:
    der.walk(octets)
    key = keys.RSAPublicKey.load(octets, strict=True)
    numbers: tuple[int, int] = (key["modulus"].native, key["public_exponent"].native)
    size = numbers[0].bit_length()
    if dotted == RSA:
        return PublicKey(f"RSA_{size}", "rsa", dotted, size, numbers=numbers)
    restriction = pss(identifier, parameters) if parameters and parameters[0].tag == der.SEQUENCE else None
    return PublicKey(f"RSASSA_PSS_{size}", "rsassa_pss", dotted, size, numbers=numbers, restriction=restriction)


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
    digits = "".join(character if character.isdigit() else " " for character in name.replace("c2", "")).split()
    sizes = [int(number) for number in digits if 100 <= int(number) <= 1000]
    return sizes[0] if sizes and "." not in name else None


def _explicit(parameters: der.Node) -> tuple[int | None, str | None]:
    """Return the field size of SpecifiedECDomain parameters (SEC 1 appendix C.2), and whose curve they are."""
    _, field, curve, base, order, *_ = parameters.children()
    kind, size = field.children()[:2]
    if oid(kind) != "1.2.840.10045.1.1":  # prime-field; the other is a field of characteristic two
        return (integer(size.children()[0]), None) if size.tag == der.SEQUENCE else (None, None)
    p = integer(size)
    a, b = (int.from_bytes(node.content, "big") for node in curve.children()[:2])
    return p.bit_length(), arithmetic.named_curve(p, a, b, integer(order), base.content)


def null() -> bytes:
    """Return the DER of NULL, RSA's parameters."""
    return bytes(core.Null().dump())
