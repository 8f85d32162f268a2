"""
How something is encrypted or authenticated with a passphrase: AlgorithmIdentifiers to facts.

Sources: PKCS#5 is RFC 8018, PKCS#12 is RFC 7292 appendix C, scrypt RFC 7914 section 7, PBMAC1 RFC 9579.
"""

from __future__ import annotations

import re

from asn1crypto import algos

from .. import der
from ..budget import Budget, Exhausted
from ..encryption import Derivation, Mac, Scheme
from .algorithms import DIGESTS
from .basic import content, elements, integer, oid, whole

PBES2, PBKDF2, PBMAC1 = "1.2.840.113549.1.5.13", "1.2.840.113549.1.5.12", "1.2.840.113549.1.5.14"
SCRYPT = "1.3.6.1.4.1.11591.4.11"  # which asn1crypto 1.5.1 lacks
# the derivation, its hash, the cipher, the bytes of its key, RC2's effective bits
_PBE = {
    "1.2.840.113549.1.5.1": ("pbkdf1", "md2", "des", 8, 0),
    "1.2.840.113549.1.5.3": ("pbkdf1", "md5", "des", 8, 0),
    "1.2.840.113549.1.5.4": ("pbkdf1", "md2", "rc2", 8, 64),
    "1.2.840.113549.1.5.6": ("pbkdf1", "md5", "rc2", 8, 64),
    "1.2.840.113549.1.5.10": ("pbkdf1", "sha1", "des", 8, 0),
    "1.2.840.113549.1.5.11": ("pbkdf1", "sha1", "rc2", 8, 64),
    "1.2.840.113549.1.12.1.1": ("pkcs12", "sha1", "rc4", 16, 0),
    "1.2.840.113549.1.12.1.2": ("pkcs12", "sha1", "rc4", 5, 0),
    "1.2.840.113549.1.12.1.3": ("pkcs12", "sha1", "tripledes", 24, 0),
    "1.2.840.113549.1.12.1.4": ("pkcs12", "sha1", "tripledes", 16, 0),
    "1.2.840.113549.1.12.1.5": ("pkcs12", "sha1", "rc2", 16, 128),
    "1.2.840.113549.1.12.1.6": ("pkcs12", "sha1", "rc2", 5, 40),
}
_CIPHERS = {
    "1.3.14.3.2.7": ("des", 8),
    "1.2.840.113549.3.7": ("tripledes", 24),
    "2.16.840.1.101.3.4.1.2": ("aes", 16),
    "2.16.840.1.101.3.4.1.22": ("aes", 24),
    "2.16.840.1.101.3.4.1.42": ("aes", 32),
}
_OTHER_CIPHERS = {
    "1.2.392.200011.61.1.1.1.2": "camellia128_cbc",
    "1.2.392.200011.61.1.1.1.3": "camellia192_cbc",
    "1.2.392.200011.61.1.1.1.4": "camellia256_cbc",
    "1.2.410.200046.1.1.2": "aria128_cbc",
    "1.2.410.200046.1.1.7": "aria192_cbc",
    "1.2.410.200046.1.1.12": "aria256_cbc",
    "1.2.410.200004.1.4": "seed_cbc",
    "1.2.156.10197.1.104.2": "sm4_cbc",
}
"""What openssl encrypts keys with besides, and asn1crypto has no names for (RFC 3657, 5794, 4269, 8998)."""
_RC2 = "1.2.840.113549.3.2"
_RC2_VERSIONS = {160: 40, 120: 64, 58: 128}
_HMACS = {
    "1.2.840.113549.2.6": "md5",
    "1.2.840.113549.2.7": "sha1",
    "1.2.840.113549.2.8": "sha224",
    "1.2.840.113549.2.9": "sha256",
    "1.2.840.113549.2.10": "sha384",
    "1.2.840.113549.2.11": "sha512",
    "1.2.840.113549.2.12": "sha512_224",
    "1.2.840.113549.2.13": "sha512_256",
}
# the cipher, the bytes of its key, RC2's effective bits, by OpenSSL's name in a DEK-Info header
_LEGACY = {
    "DES-CBC": ("des", 8, 0),
    "DES-EDE-CBC": ("tripledes", 16, 0),
    "DES-EDE3-CBC": ("tripledes", 24, 0),
    "AES-128-CBC": ("aes", 16, 0),
    "AES-192-CBC": ("aes", 24, 0),
    "AES-256-CBC": ("aes", 32, 0),
    "RC2-CBC": ("rc2", 16, 128),
    "RC2-64-CBC": ("rc2", 8, 64),
    "RC2-40-CBC": ("rc2", 5, 40),
}
_DEK_INFO = re.compile(r"DEK-Info:\s*([A-Za-z0-9-]{1,40})(?:\s*,\s*([0-9A-Fa-f]{0,64}))?")
_HUGE = 16
"""Octets of an iteration count or a cost that are read; what such a number asks for, nobody pays."""


def scheme_name(identifier: der.Node) -> str:
    """Return what an encryption's AlgorithmIdentifier is called, as far as it can be read; raise ValueError."""
    dotted = oid(elements(identifier)[0])
    name = _cipher_name(dotted)
    if dotted != PBES2:
        return name
    derivation, cipher = (oid(elements(part)[0]) for part in elements(elements(identifier)[1]))
    return f"{name}, {_derivation_name(derivation)}, {_cipher_name(cipher)}"


def _cipher_name(dotted: str) -> str:
    return _OTHER_CIPHERS.get(dotted) or str(algos.EncryptionAlgorithmId._map.get(dotted, dotted))


def _derivation_name(dotted: str) -> str:
    return "scrypt" if dotted == SCRYPT else str(algos.KdfAlgorithmId._map.get(dotted, dotted))


def scheme(identifier: der.Node) -> Scheme:
    """Return an encryption's AlgorithmIdentifier, understood or only named; raise ValueError where it is damaged."""
    first, *parameters = elements(identifier)
    dotted, name = oid(first), scheme_name(identifier)
    if dotted == PBES2:
        return _pbes2(name, *elements(parameters[0]))
    if dotted not in _PBE:
        return Scheme(name, Derivation(name), name)
    kind, digest, cipher, size, bits = _PBE[dotted]
    salt, rounds = elements(parameters[0])
    derivation = Derivation(kind, digest, content(salt, der.OCTET_STRING), _positive(rounds))
    return Scheme(name, derivation, cipher, size, b"", bits)


def _pbes2(name: str, derivation: der.Node, encryption: der.Node) -> Scheme:
    """RFC 8018 appendix A.4."""
    found, stated = _derivation(derivation)
    first, *parameters = elements(encryption)
    dotted = oid(first)
    if dotted == _RC2:
        *version, iv = elements(parameters[0])
        number = integer(version[0], 4) if version else 32
        bits = number if number >= 256 else 32 if not version else _RC2_VERSIONS[number]
        if bits > 1024 or stated > 128:
            raise ValueError("more than RC2 takes")
        return Scheme(name, found, "rc2", stated or 16, content(iv, der.OCTET_STRING), bits)
    if dotted not in _CIPHERS:
        return Scheme(name, found, _cipher_name(dotted))
    cipher, size = _CIPHERS[dotted]
    if stated not in (0, size):
        raise ValueError("another key length than the cipher's")
    return Scheme(name, found, cipher, size, content(parameters[0], der.OCTET_STRING))


def _derivation(identifier: der.Node) -> tuple[Derivation, int]:
    """Return a key derivation and the bytes of the key that it states, 0 if it states none."""
    first, *parameters = elements(identifier)
    dotted = oid(first)
    if dotted not in (PBKDF2, SCRYPT):
        return Derivation(_derivation_name(dotted)), 0
    salt, *numbers = elements(parameters[0])
    octets = content(salt, der.OCTET_STRING)
    if dotted == SCRYPT:
        n, r, p, *size = map(_positive, numbers)
        return Derivation("scrypt", salt=octets, n=n, r=r, p=p), _small(size)
    prf = next((oid(elements(each)[0]) for each in numbers if each.tag == der.SEQUENCE), "1.2.840.113549.2.7")
    rounds, *size = (_positive(each) for each in numbers if each.tag == der.INTEGER)
    return Derivation("pbkdf2", _HMACS.get(prf, prf), octets, rounds), _small(size)


def _positive(node: der.Node) -> int:
    number = integer(node, _HUGE)
    if number < 1:
        raise ValueError("a number that is not positive")
    return number


def _small(sizes: list[int]) -> int:
    """Return the key length that stands in *sizes*, if one does."""
    if not sizes:
        return 0
    if sizes[0] > 1024:
        raise ValueError("a key that no cipher has")
    return sizes[0]


def mac(node: der.Node) -> Mac:
    """Return a PKCS#12 file's MacData (RFC 7292 section 4, RFC 9579 section 4); raise ValueError."""
    info, salt, *rounds = elements(node)
    identifier, digest = elements(info)
    first, *parameters = elements(identifier)
    dotted, octets = oid(first), content(digest, der.OCTET_STRING)
    if dotted == PBMAC1:
        derivation, scheme = elements(parameters[0])
        found, size = _derivation(derivation)
        prf = oid(elements(scheme)[0])
        return Mac(found, _HMACS.get(prf, prf), octets, size or len(octets))
    name = DIGESTS.get(dotted, dotted)
    iterations = _positive(rounds[0]) if rounds else 1
    return Mac(Derivation("pkcs12", name, content(salt, der.OCTET_STRING), iterations), name, octets, len(octets))


def encrypted_parts(data: bytes) -> tuple[der.Node, bytes]:
    """Return AlgorithmIdentifier and ciphertext of an EncryptedPrivateKeyInfo (RFC 5958); raise ValueError."""
    identifier, ciphertext = elements(der.parse(data))
    return identifier, content(ciphertext, der.OCTET_STRING)


def legacy_name(headers: tuple[str, ...]) -> str | None:
    """Return the cipher that RFC 1421's ``DEK-Info`` header names, None if it cannot be read."""
    return next((match.group(1) for match in map(_DEK_INFO.match, headers) if match), None)


def legacy_scheme(headers: tuple[str, ...]) -> Scheme:
    """Return what RFC 1421's ``DEK-Info`` header says, as OpenSSL means it; raise ValueError where it is damaged."""
    match = next(filter(None, map(_DEK_INFO.match, headers)), None)
    if match is None:
        raise ValueError("no DEK-Info header")
    name, digits = match.group(1), match.group(2) or ""
    if name not in _LEGACY:
        return Scheme(name, Derivation("openssl", "md5"), name)
    cipher, size, bits = _LEGACY[name]
    iv = bytes.fromhex(digits)
    return Scheme(name, Derivation("openssl", "md5", iv[:8]), cipher, size, iv, bits)


def is_whole_sequence(data: bytes, budget: Budget | None = None) -> bool:
    """
    Whether *data* is one SEQUENCE and nothing else, as what was decrypted rightly is.

    Raises Exhausted where that costs too much.
    """
    try:
        walked = der.walk(data, budget)
        return whole(data[: walked.end]).tag == der.SEQUENCE and walked.end == len(data)
    except Exhausted:
        raise
    except ValueError:
        return False
