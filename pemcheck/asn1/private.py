"""
A private key's bytes to facts.

Every read here is secret: no exception text may quote what was read.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from asn1crypto import core, keys

from .. import der
from ..facts import PrivateKey, PublicKey
from ..reading import Fields
from ..source import Location, printable
from .algorithms import DSA, EC, RAW_KEYS, RSA, RSASSA_PSS, bits, ec_key, integer, null, public_key, public_key_of, spki
from .names import oid

_OPENSSH_MAGIC = b"openssh-key-v1\0"
_FORMATS = {
    "RSA PRIVATE KEY": "pkcs1",
    "EC PRIVATE KEY": "sec1",
    "DSA PRIVATE KEY": "dsa",
    "PRIVATE KEY": "pkcs8",
    "ENCRYPTED PRIVATE KEY": "pkcs8",
    "OPENSSH PRIVATE KEY": "openssh",
}
_OPENSSH_CURVES = {
    "nistp256": "1.2.840.10045.3.1.7",
    "nistp384": "1.3.132.0.34",
    "nistp521": "1.3.132.0.35",
}


class _Read(NamedTuple):
    public: PublicKey | None
    secret: tuple[int, ...] = ()
    seed: bytes = b""
    info: bytes = b""
    stated: bool = True
    has_curve: bool = True
    primes: int = 2


def is_key_label(label: str) -> bool:
    """Whether a PEM label promises a private key."""
    return label.endswith(("PRIVATE KEY", "PRIVATE KEY BLOCK", "PRIVATEKEY"))


def encrypted_key(at: Location, label: str, body: str, encryption: str | None) -> PrivateKey:
    """Return the facts of a key that only its passphrase opens."""
    form = _FORMATS.get(label, "pkcs8" if body == "encrypted-pkcs8" else label.lower())
    return PrivateKey(at, form, label, True, encryption, body=body, unread=frozenset(("public", "secret")))


def private_key(fields: Fields, at: Location, label: str, body: str, data: bytes) -> PrivateKey:
    """Return the facts of a private key whose bytes look like *body*."""
    if body == "encrypted-pkcs8":
        scheme = fields.read("encryption", "encryptionAlgorithm", lambda: _scheme(data), "unknown", secret=True)
        return encrypted_key(at, label, body, scheme)
    if data.startswith(_OPENSSH_MAGIC):
        return _openssh(fields, at, label, data)
    reader = _READERS.get(body)
    found = None
    if reader is None:
        fields.fail("public", "", "it is none of PKCS#1, PKCS#8, SEC 1 or OpenSSH", "key-unreadable")
    else:
        try:
            found = reader(data)
        except Exception as error:  # anything that asn1crypto raises; its text could quote the key
            fields.fail("public", "", f"its {body} structure does not decode ({type(error).__name__})", "key-unreadable")
    if found is None:
        return PrivateKey(at, body or "unknown", label, body=body, unread=frozenset(("public", "secret")))
    unread = frozenset(("public",)) if found.public is None else frozenset()
    return PrivateKey(
        at,
        body,
        label,
        public=found.public,
        stated=found.stated,
        has_curve=found.has_curve,
        primes=found.primes,
        body=body,
        secret=found.secret,
        seed=found.seed,
        der=data,
        info=found.info,
        unread=unread,
    )


def _pkcs8(data: bytes) -> _Read:
    """RFC 5958."""
    _, identifier, octets, *rest = der.parse(data).children()
    dotted = oid(identifier.children()[0])
    inner = octets.content
    if dotted in (EC, RSA, RSASSA_PSS, DSA, *RAW_KEYS):
        inner = inner[: der.walk(inner).end]
    public = next((bits(part._replace(tag=der.BIT_STRING)) for part in rest if part.tag == 0x81), b"")
    if dotted == EC:
        found = _sec1(inner, identifier)
    elif dotted in (RSA, RSASSA_PSS):
        found = _pkcs1(inner)
        if found.public is not None and dotted != RSA:
            octets_of_public = bits(der.parse(found.public.der).children()[1])
            found = found._replace(public=public_key_of(identifier, octets_of_public))
    elif dotted == DSA:
        p, q, g = (integer(number) for number in identifier.children()[1].children())
        found = _Read(PublicKey(f"DSA_{p.bit_length()}", "dsa", DSA, p.bit_length(), numbers=(p, q, g)), (integer(der.parse(inner)),), stated=False)
    else:
        seed = der.parse(inner).content if dotted in RAW_KEYS else b""
        found = _Read(public_key_of(identifier, public), seed=seed, stated=bool(public))
    return found._replace(info=data)


def _pkcs1(data: bytes) -> _Read:
    """RFC 8017 appendix A.1.2."""
    key = keys.RSAPrivateKey.load(data)
    parts = ("version", "modulus", "public_exponent", "private_exponent", "prime1", "prime2", "exponent1", "exponent2", "coefficient")
    nodes = der.parse(data).children()
    version, modulus, exponent, *secret = (integer(node) for node in nodes[: len(parts)])
    if len(nodes) < len(parts) or key["modulus"].native != modulus:
        raise ValueError("incomplete")
    identifier = der.encode(der.SEQUENCE, core.ObjectIdentifier(RSA).dump(), null())
    public = public_key(spki(identifier, der.encode(der.SEQUENCE, nodes[1].der, nodes[2].der)))
    info = der.encode(der.SEQUENCE, der.encode_integer(0), identifier, der.encode(der.OCTET_STRING, data))
    others = len(nodes[9].children()) if len(nodes) > len(parts) else 0
    return _Read(public, (version, *secret), info=info, primes=2 + others)


def _sec1(data: bytes, identifier: der.Node | None = None) -> _Read:
    """RFC 5915; *identifier* is PKCS#8's, which names the curve for it."""
    der.walk(data)
    _, scalar, *rest = der.parse(data).children()
    own = next((part.children()[0] for part in rest if part.tag == 0xA0), None)
    point = next((bits(part.children()[0]) for part in rest if part.tag == 0xA1), b"")
    named = identifier.children()[1:] if identifier is not None else []
    parameters = named[0] if named else own
    secret = (int.from_bytes(scalar.content, "big"),)
    if scalar.tag != der.OCTET_STRING:
        raise ValueError("no scalar")
    if parameters is None:
        return _Read(None, secret, has_curve=False)
    whole = der.encode(der.SEQUENCE, core.ObjectIdentifier(EC).dump(), parameters.der)
    public = ec_key(parameters, point).replace(identifier=whole, der=spki(whole, point) if point else b"")
    info = der.encode(der.SEQUENCE, der.encode_integer(0), whole, der.encode(der.OCTET_STRING, data))
    return _Read(public, secret, info=info, stated=bool(point))


def _dsa(data: bytes) -> _Read:
    """OpenSSL's traditional form: version, p, q, g, y, x."""
    nodes = der.parse(data).children()
    p, q, g, y, x = (integer(node) for node in nodes[1:6])
    parameters = der.encode(der.SEQUENCE, *(node.der for node in nodes[1:4]))
    identifier = der.encode(der.SEQUENCE, core.ObjectIdentifier(DSA).dump(), parameters)
    public = public_key(spki(identifier, nodes[4].der))
    info = der.encode(der.SEQUENCE, der.encode_integer(0), identifier, der.encode(der.OCTET_STRING, nodes[5].der))
    return _Read(public.replace(numbers=(p, q, g, y)), (x,), info=info)


_READERS = {"pkcs8": _pkcs8, "pkcs1": _pkcs1, "sec1": _sec1, "dsa": _dsa}


def _scheme(data: bytes) -> str:
    """Return the name of an EncryptedPrivateKeyInfo's scheme (RFC 8018)."""
    algorithm = keys.EncryptedPrivateKeyInfo.load(data)["encryption_algorithm"]
    name: str = algorithm["algorithm"].native
    if name == "pbes2":
        parameters = algorithm["parameters"]
        derivation = parameters["key_derivation_func"]["algorithm"].native
        cipher = parameters["encryption_scheme"]["algorithm"].native
        return f"pbes2, {derivation}, {cipher}"
    return name


def legacy_scheme(headers: tuple[str, ...]) -> str:
    """Return the cipher that RFC 1421's ``DEK-Info`` header names."""
    for header in headers:
        match = re.match(r"DEK-Info:\s*([A-Za-z0-9-]{1,40})", header)
        if match:
            return match.group(1)
    return "unknown"


class _Strings:
    """Reads the length-prefixed strings of the SSH wire format (RFC 4251 section 5)."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def next(self) -> bytes:
        length = int.from_bytes(self.data[:4], "big")
        if len(self.data) < 4 + length:
            raise ValueError("cut off")
        value, self.data = self.data[4 : 4 + length], self.data[4 + length :]
        return value


def _openssh(fields: Fields, at: Location, label: str, data: bytes) -> PrivateKey:
    """Read what OpenSSH's format says in the clear (PROTOCOL.key): the cipher and the public key."""

    def read() -> tuple[str, PublicKey | None]:
        strings = _Strings(data[len(_OPENSSH_MAGIC) :])
        cipher, _, _ = strings.next().decode("ascii"), strings.next(), strings.next()
        strings.data = strings.data[4:]  # the number of keys, always one
        return cipher, _ssh_public(_Strings(strings.next()))

    nothing: tuple[str, PublicKey | None] = ("none", None)
    cipher, public = fields.read("public", "", read, nothing, secret=True)
    encrypted = cipher != "none"
    unread = {"secret"} | ({"public"} if public is None else set())
    scheme = printable(cipher)[:40] if encrypted else None
    return PrivateKey(at, "openssh", label, encrypted, scheme, public, body="openssh", unread=frozenset(unread))


def _ssh_public(strings: _Strings) -> PublicKey | None:
    kind = strings.next().decode("ascii")
    if kind == "ssh-rsa":
        exponent, modulus = (der.encode(der.INTEGER, strings.next()) for _ in range(2))
        identifier = der.encode(der.SEQUENCE, core.ObjectIdentifier(RSA).dump(), null())
        return public_key(spki(identifier, der.encode(der.SEQUENCE, modulus, exponent)))
    if kind.startswith("ecdsa-sha2-"):
        curve = core.ObjectIdentifier(_OPENSSH_CURVES[strings.next().decode("ascii")]).dump()
        return public_key(spki(der.encode(der.SEQUENCE, core.ObjectIdentifier(EC).dump(), curve), strings.next()))
    if kind == "ssh-ed25519":
        identifier = der.encode(der.SEQUENCE, core.ObjectIdentifier("1.3.101.112").dump())
        return public_key(spki(identifier, strings.next()))
    return None
