"""
OpenSSH's own format of private keys.

Source: https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key, for the strings RFC 4251 section 5,
for the public keys RFC 4253, RFC 5656 and RFC 8709.
"""

from __future__ import annotations

from typing import NamedTuple

from .. import der
from ..arithmetic import MAX_MODULUS_BITS
from ..facts import PublicKey
from .algorithms import EC, RSA_ENCRYPTION, public_key, spki
from .basic import encode_oid
from .private import OPENSSH_MAGIC

_CURVES = {
    "nistp256": "1.2.840.10045.3.1.7",
    "nistp384": "1.3.132.0.34",
    "nistp521": "1.3.132.0.35",
}
_ED25519 = der.encode(der.SEQUENCE, encode_oid("1.3.101.112"))
_BLOCK = 8
"""Bytes that the secret half of an unencrypted key is padded to a multiple of."""


class Envelope(NamedTuple):
    """The outer layer: the cipher, ``none`` if there is none, the public key, and the secret half's bytes."""

    cipher: str
    public: PublicKey
    public_octets: bytes
    secret: bytes


class Strings:
    """Reads the length-prefixed strings of the SSH wire format (RFC 4251 section 5)."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def next(self) -> bytes:
        """Return the next string; raise ValueError if it is cut off."""
        length = self.number()
        if len(self.data) < length:
            raise ValueError("cut off")
        value, self.data = self.data[:length], self.data[length:]
        return value

    def number(self) -> int:
        """Return the next uint32; raise ValueError if it is cut off."""
        if len(self.data) < 4:
            raise ValueError("cut off")
        value, self.data = int.from_bytes(self.data[:4], "big"), self.data[4:]
        return value


def envelope(data: bytes) -> Envelope:
    """Return what stands in the clear; raise ValueError."""
    strings = Strings(data[len(OPENSSH_MAGIC) :])
    cipher, _, _ = strings.next().decode("ascii"), strings.next(), strings.next()
    if strings.number() != 1:
        raise ValueError("not one key")
    octets = strings.next()
    return Envelope(cipher, _public(Strings(octets)), octets, strings.next())


def _public(strings: Strings) -> PublicKey:
    kind = strings.next().decode("ascii")
    if kind == "ssh-rsa":
        exponent, modulus = (der.encode(der.INTEGER, strings.next()) for _ in range(2))
        return public_key(spki(RSA_ENCRYPTION, der.encode(der.SEQUENCE, modulus, exponent)))
    if kind.startswith("ecdsa-sha2-"):
        curve = encode_oid(_CURVES[strings.next().decode("ascii")])
        return public_key(spki(der.encode(der.SEQUENCE, encode_oid(EC), curve), strings.next()))
    if kind == "ssh-ed25519":
        return public_key(spki(_ED25519, strings.next()))
    raise ValueError("another algorithm")


def private_key_info(found: Envelope) -> bytes:
    """Return the key as DER PrivateKeyInfo (RFC 5958), from the secret half of one that is not encrypted."""
    strings = Strings(found.secret)
    first, second = strings.number(), strings.number()
    if first != second:
        raise ValueError("its two check numbers differ")
    kind = strings.next()
    _same(kind, Strings(found.public_octets).next())
    info = _rsa if kind == b"ssh-rsa" else _ed25519 if kind == b"ssh-ed25519" else _ecdsa
    made = info(strings, found)
    strings.next()  # the comment
    rest = len(strings.data)
    if rest >= _BLOCK or len(found.secret) % _BLOCK or strings.data != bytes(range(1, rest + 1)):
        raise ValueError("its padding is wrong")
    return made


def _number(strings: Strings) -> int:
    octets = strings.next()
    if len(octets) > MAX_MODULUS_BITS // 8 + 1:
        raise ValueError("a number that is too large")
    return int.from_bytes(octets, "big")


def _info(identifier: bytes, key: bytes) -> bytes:
    return der.encode(der.SEQUENCE, der.encode_integer(0), identifier, der.encode(der.OCTET_STRING, key))


def _same(one: object, other: object) -> None:
    if one != other:
        raise ValueError("its two copies of the public key differ")


def _rsa(strings: Strings, found: Envelope) -> bytes:
    """Of n, e, d, iqmp, p and q; the exponents of the CRT are not stored."""
    n, e, d, coefficient, p, q = (_number(strings) for _ in range(6))
    _same(found.public.numbers, (n, e))
    if p < 2 or q < 2:
        raise ValueError("a prime that is none")
    numbers = (0, n, e, d, p, q, d % (p - 1), d % (q - 1), coefficient)
    return _info(RSA_ENCRYPTION, der.encode(der.SEQUENCE, *map(der.encode_integer, numbers)))


def _ecdsa(strings: Strings, found: Envelope) -> bytes:
    """Of the curve, the point and the number."""
    curve, point, scalar = strings.next(), strings.next(), _number(strings)
    identifier = der.encode(der.SEQUENCE, encode_oid(EC), encode_oid(_CURVES[curve.decode("ascii")]))
    _same(spki(identifier, point), found.public.der)
    size = ((found.public.bits or 0) + 7) // 8
    number = der.encode(der.OCTET_STRING, scalar.to_bytes(size, "big"))
    stated = der.encode(0xA1, der.encode(der.BIT_STRING, b"\0", point))
    return _info(identifier, der.encode(der.SEQUENCE, der.encode_integer(1), number, stated))


def _ed25519(strings: Strings, found: Envelope) -> bytes:
    """Of the public key, and of the seed with the public key behind it."""
    public, both = strings.next(), strings.next()
    if len(both) != 64:
        raise ValueError("a secret half that does not have 64 bytes")
    _same(public, found.public.octets)
    _same(both[32:], public)
    return _info(_ED25519, der.encode(der.OCTET_STRING, both[:32]))
