"""
A private key's bytes to facts.

Every read here is secret: no exception text may quote what was read.
"""

from __future__ import annotations

from .. import arithmetic, der
from ..facts import PrivateKey, PublicKey
from ..reading import Fields
from ..source import Location, printable
from ..value import Value
from .algorithms import (
    DSA,
    EC,
    RAW_KEYS,
    RSA,
    RSA_ENCRYPTION,
    RSASSA_PSS,
    ec_key,
    public_key,
    public_key_of,
    spki,
)
from .basic import algorithm_identifier, bits, content, elements, encode_oid, integer, oid, only, whole
from .other import kind_of

OPENSSH_MAGIC = b"openssh-key-v1\0"
_FORMATS = {
    "RSA PRIVATE KEY": "pkcs1",
    "EC PRIVATE KEY": "sec1",
    "DSA PRIVATE KEY": "dsa",
    "PRIVATE KEY": "pkcs8",
    "ENCRYPTED PRIVATE KEY": "pkcs8",
    "OPENSSH PRIVATE KEY": "openssh",
}


class _Read(Value):
    _hidden = ("secret", "seed", "info")

    public: PublicKey | None
    secret: tuple[int, ...] = ()
    seed: bytes = b""
    info: bytes = b""
    stated: bool = True
    has_curve: bool = True
    primes: int = 2
    oddities: tuple[str, ...] = ()
    version_2: bool = False


def is_key_label(label: str) -> bool:
    """Whether a PEM label promises a private key."""
    return label.endswith(("PRIVATE KEY", "PRIVATE KEY BLOCK", "PRIVATEKEY"))


def encrypted_key(at: Location, label: str, body: str, encryption: str | None) -> PrivateKey:
    """Return the facts of a key that only its passphrase opens."""
    unread = frozenset(("public", "secret")) | (frozenset(("encryption",)) if encryption is None else frozenset())
    return PrivateKey(at, _format(label, body), label, True, encryption, body=body, unread=unread)


def unreadable_key(at: Location, label: str, body: str = "") -> PrivateKey:
    """Return the facts of a key that only its label or its outermost structure tells."""
    encrypted = label.startswith("ENCRYPTED ")
    unread = ("public", "secret", "encryption") if encrypted else ("public", "secret")
    return PrivateKey(at, _format(label, body), label, encrypted, body=body, unread=frozenset(unread))


def _format(label: str, body: str) -> str:
    """Return what the bytes are, and only where they do not tell, what the label says."""
    if body in ("", "legacy"):
        return _FORMATS.get(label) or label.lower() or "unknown"
    return "pkcs8" if body == "encrypted-pkcs8" else body


def private_key(fields: Fields, at: Location, label: str, body: str, data: bytes) -> PrivateKey:
    """Return the facts of a private key whose bytes look like *body*."""
    if body == "encrypted-pkcs8":
        scheme = fields.read("encryption", "encryptionAlgorithm", lambda: _scheme(data), None, secret=True)
        return encrypted_key(at, label, body, scheme)
    if data.startswith(OPENSSH_MAGIC):
        return _openssh(fields, at, label, data)
    reader = _READERS.get(body)
    found = None
    if reader is None:
        fields.fail("public", "", "it is none of PKCS#1, PKCS#8, SEC 1 or OpenSSH", "key-unreadable")
    else:
        try:
            found = reader(data)
        except Exception as error:  # anything that asn1crypto raises; its text could quote the key
            reason = f"its {body} structure does not decode ({type(error).__name__})"
            fields.fail("public", "", reason, "key-unreadable")
    if found is None:
        return unreadable_key(at, label, body)
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
        oddities=found.oddities,
        version_2=found.version_2,
        secret=found.secret,
        seed=found.seed,
        der=data,
        info=found.info,
        unread=unread,
    )


def _pkcs8(data: bytes) -> _Read:
    """RFC 5958."""
    version, identifier, octets, *rest = elements(der.parse(data))
    _expect_tags(rest, (0xA0,), (0x81, 0xA1))
    dotted, parameters = algorithm_identifier(identifier)
    odd = _odd_version("PKCS#8", integer(version), 0, 1) + _odd_parameters(dotted, parameters)
    inner = content(octets, der.OCTET_STRING)
    stated = _stated(rest)
    _expect_attributes(rest)
    if stated and integer(version) == 0:
        odd += ("its version says that its public key does not stand beside it, and one does",)
    if not stated and integer(version) == 1:
        odd += ("its version says that its public key stands beside it, and none does",)
    if dotted == EC:
        found = _sec1(inner, identifier, stated)
    elif dotted in (RSA, RSASSA_PSS):
        found = _pkcs1(inner, identifier)
    elif dotted == DSA:
        der.walk_key(inner)
        found = _Read(public_key_of(identifier, stated), (integer(whole(inner)),), stated=bool(stated))
    elif dotted in RAW_KEYS:
        der.walk_key(inner)
        seed = content(whole(inner), der.OCTET_STRING)
        found = _Read(public_key_of(identifier, stated), seed=seed, stated=bool(stated))
    else:
        found = _Read(public_key_of(identifier, stated), stated=bool(stated))
    odd += _odd_octets(dotted, inner)
    if stated and found.public:
        odd += _odd_public(found.public, public_key_of(der.parse(found.public.identifier), stated))
    # what newer and older readers agree on; the attributes are nobody's business
    plain = der.encode(der.SEQUENCE, der.encode_integer(0), identifier.der, octets.der) if rest else data
    return found.replace(info=plain, oddities=odd + found.oddities, version_2=bool(stated))


def _expect_tags(nodes: list[der.Node], *choices: tuple[int, ...]) -> None:
    """Raise ValueError unless *nodes* are optional fields in order, each with one of the tags of a choice."""
    left = list(choices)
    for node in nodes:
        while left and node.tag not in left[0]:
            left.pop(0)
        if not left:
            raise ValueError("a field that does not belong there")
        left.pop(0)


def _odd_version(form: str, version: int, *known: int) -> tuple[str, ...]:
    """Return that readers which look at the version would refuse it, if so."""
    if version in known:
        return ()
    return (f"the version of its {form} structure is not {' or '.join(map(str, known))}",)


def _odd_parameters(dotted: str, parameters: der.Node | None) -> tuple[str, ...]:
    """Return that the parameters of an algorithm that has none are something else than NULL (RFC 8017, RFC 8410)."""
    if parameters is not None and ((dotted == RSA and parameters.der != b"\5\0") or dotted in RAW_KEYS):
        return ("its algorithm has parameters where there are none",)
    return ()


def _odd_octets(dotted: str, octets: bytes) -> tuple[str, ...]:
    """Return that PKCS#8's OCTET STRING holds more than a key in DER; of an unknown algorithm it may hold anything."""
    if dotted not in (EC, RSA, RSASSA_PSS, DSA, *RAW_KEYS):
        return ()
    walked = der.walk_key(octets)
    if walked.end < len(octets):
        return ("bytes stand behind the key that its PKCS#8 structure wraps",)
    return ("the key that its PKCS#8 structure wraps is not in DER",) if walked.fault else ()


def _stated(fields: list[der.Node]) -> bytes:
    """Return version 2's public key, [1] IMPLICIT; some writers make it EXPLICIT."""
    for each in fields:
        if each.tag in (0x81, 0xA1):
            octets = bits(each._replace(tag=der.BIT_STRING) if each.tag == 0x81 else only(each, 0xA1))
            if not octets:
                raise ValueError("a public key without content")
            return octets
    return b""


def _expect_attributes(fields: list[der.Node]) -> None:
    """Raise ValueError unless the field [0], if there is one, holds attributes (RFC 5958 section 2)."""
    for field in (each for each in fields if each.tag == 0xA0):
        if der.walk_key(field.der).fault:
            raise ValueError("attributes that are no DER")
        for each in field.children():
            kind, values = elements(each)
            oid(kind)
            elements(values, der.SET)


def _odd_public(own: PublicKey, beside: PublicKey) -> tuple[str, ...]:
    """Return that the public key *beside* a private key is another than its *own*; raise ValueError if it is none."""
    if beside.on_curve is False:
        raise ValueError("a public key that is no point of its curve")
    return () if own.same_as(beside) else ("the public key beside it (RFC 5958) is another one",)


def _pkcs1(data: bytes, identifier: der.Node | None = None) -> _Read:
    """RFC 8017 appendix A.1.2; *identifier* is PKCS#8's, which may be RSASSA-PSS's."""
    der.walk_key(data)
    nodes = elements(der.parse(data))
    version, _, _, d, p, q, exponent1, exponent2, coefficient = (integer(node) for node in nodes[:9])
    octets = der.encode(der.SEQUENCE, nodes[1].der, nodes[2].der)
    public = public_key_of(identifier or der.parse(RSA_ENCRYPTION), octets)
    info = der.encode(der.SEQUENCE, der.encode_integer(0), RSA_ENCRYPTION, der.encode(der.OCTET_STRING, data))
    others = _other_primes(nodes[9:])
    secret = (version, d, p, q, exponent1, exponent2, coefficient)
    return _Read(public, secret, info=info, primes=2 + others)


def _other_primes(fields: list[der.Node]) -> int:
    """Return how many primes stand behind the first two; raise ValueError for what are none (RFC 8017 A.1.2)."""
    if not fields:
        return 0
    (field,) = fields
    primes = elements(field)
    for each in primes:
        prime, exponent, coefficient = elements(each)
        if min(integer(number) for number in (prime, exponent, coefficient)) <= 0:
            raise ValueError("a number of a further prime that is not positive")
    if not primes:
        raise ValueError("a list of further primes without any")
    return len(primes)


def _sec1(data: bytes, identifier: der.Node | None = None, stated: bytes = b"") -> _Read:
    """RFC 5915; *identifier* and *stated* are PKCS#8's, which name the curve and the point for it."""
    der.walk_key(data)
    version, scalar, *rest = elements(der.parse(data))
    _expect_tags(rest, (0xA0,), (0xA1,))
    odd = _odd_version("SEC 1", integer(version), 1)
    octets = content(scalar, der.OCTET_STRING)
    secret = (int.from_bytes(octets, "big"),)
    own = next((only(part, 0xA0) for part in rest if part.tag == 0xA0), None)
    if own is not None and own.tag not in (0x05, 0x06, der.SEQUENCE):
        raise ValueError("parameters that name no curve")
    point = next((bits(only(part, 0xA1)) for part in rest if part.tag == 0xA1), stated)
    named = algorithm_identifier(identifier)[1] if identifier is not None else None
    if own is not None and named is not None and own.der != named.der:
        odd += ("it names two different curves",)
    # PKCS#8 names the curve in its own algorithm (RFC 5480 section 2.1.1); nobody looks for it inside
    parameters = own if identifier is None else named
    if parameters is None:
        return _Read(None, secret, has_curve=False, oddities=odd)
    algorithm = der.encode(der.SEQUENCE, encode_oid(EC), parameters.der)
    public = ec_key(parameters, point).replace(identifier=algorithm, der=spki(algorithm, point) if point else b"")
    info = der.encode(der.SEQUENCE, der.encode_integer(0), algorithm, der.encode(der.OCTET_STRING, data))
    odd += _odd_length(public, octets)
    return _Read(public, secret, info=info, stated=bool(point), oddities=odd)


def _odd_length(public: PublicKey, octets: bytes) -> tuple[str, ...]:
    """Return that the private number is written with more octets than its curve's have (RFC 5915 section 3)."""
    curve = arithmetic.CURVES.get(public.usual_curve or "")
    if curve is None or len(octets) <= (curve.n.bit_length() + 7) // 8:
        return ()
    return ("its private number has more octets than its curve's numbers have",)


def _dsa(data: bytes) -> _Read:
    """OpenSSL's traditional form: version, p, q, g, y, x."""
    _, p, q, g, y, x = elements(der.parse(data))
    identifier = der.encode(der.SEQUENCE, encode_oid(DSA), der.encode(der.SEQUENCE, p.der, q.der, g.der))
    info = der.encode(der.SEQUENCE, der.encode_integer(0), identifier, der.encode(der.OCTET_STRING, x.der))
    return _Read(public_key(spki(identifier, y.der)), (integer(x),), info=info)


def _scheme(data: bytes) -> str:
    from .schemes import encrypted_parts, scheme_name  # which most inputs do not need

    return scheme_name(encrypted_parts(data)[0])


_READERS = {"pkcs8": _pkcs8, "pkcs1": _pkcs1, "sec1": _sec1, "dsa": _dsa}


def _openssh(fields: Fields, at: Location, label: str, data: bytes) -> PrivateKey:
    """Read OpenSSH's format (PROTOCOL.key): the public key, and the secret half where it is not encrypted."""
    from . import openssh  # which most inputs do not need

    found = fields.read("public", "", lambda: openssh.envelope(data), None, secret=True)
    key = PrivateKey(at, "openssh", label, body="openssh", unread=frozenset(("public", "secret")))
    if found is None:
        return key
    if found.cipher != "none":
        scheme = printable(found.cipher)[:40]
        return key.replace(
            encrypted=True, encryption=scheme, public=found.public, unread=frozenset(("secret",)), der=data
        )
    info = fields.read("secret", "", lambda: openssh.private_key_info(found), b"", secret=True)
    if not info:
        return key.replace(public=found.public, unread=frozenset(("secret",)))
    inner = _pkcs8(info)
    return key.replace(
        public=found.public, secret=inner.secret, seed=inner.seed, der=data, info=info, unread=frozenset()
    )


def opened_key(fields: Fields, closed: PrivateKey, data: bytes) -> PrivateKey:
    """Return the facts of an encrypted key, *data* being what its passphrase made of it."""
    body = kind_of(data)
    found = private_key(fields, closed.at, closed.label, body if body in _READERS else "", data)
    if found.unread:
        return closed
    return found.replace(format=closed.format, body=closed.body, encrypted=True, encryption=closed.encryption)
