"""Everything that is neither a certificate nor a private key: recognised, named, described."""

from __future__ import annotations

from typing import Any

from .. import der
from ..facts import Other, PublicKey, time_text
from ..reading import Fields
from ..source import Location
from . import certificate as x509
from .algorithms import public_key, signature_algorithm, spki
from .names import name, oid

_PKCS7_TYPES = {
    "1.2.840.113549.1.7.1": "data",
    "1.2.840.113549.1.7.2": "signed data",
    "1.2.840.113549.1.7.3": "enveloped data",
    "1.2.840.113549.1.7.6": "encrypted data",
}


def kind_of(data: bytes) -> str:
    """
    Return what the first element of *data* is by its shape, whatever a label says.

    One of certificate, certificate_request, crl, public_key, pkcs1, pkcs8, sec1, dsa, encrypted-pkcs8,
    pkcs7, pkcs12, parameters, unknown.
    """
    try:
        node = der.parse(data)
        if node.tag == der.OID:
            return "parameters"
        children = node.children()
        return _kind([child.tag for child in children], children) if node.tag == der.SEQUENCE else "unknown"
    except ValueError:
        return "unknown"


def _kind(tags: list[int], children: list[der.Node]) -> str:
    sequence, integer = der.SEQUENCE, der.INTEGER
    if tags[:2] == [sequence, sequence] and der.BIT_STRING in tags[2:3]:
        return _signed_kind(children[0].children())
    if tags == [sequence, der.BIT_STRING]:
        return "public_key"
    if tags == [sequence, der.OCTET_STRING]:
        return "encrypted-pkcs8"
    if tags[:3] == [integer, sequence, der.OCTET_STRING]:
        return "pkcs8"
    if tags[:2] == [integer, der.OCTET_STRING]:
        return "sec1"
    if tags[:9] == [integer] * 9:
        return "pkcs1"
    if tags == [integer] * 6:
        return "dsa"
    if tags == [integer] * 2:
        return "public_key"
    if tags[:2] == [integer, sequence] and children[0].content == b"\3":
        return "pkcs12"
    if tags[:1] == [der.OID]:
        return "pkcs7" if oid(children[0]) in _PKCS7_TYPES else "unknown"
    if tags == [integer] * 3 or tags[:3] == [integer, sequence, sequence]:
        return "parameters"
    return "unknown"


def _signed_kind(tbs: list[der.Node]) -> str:
    tags = [part.tag for part in tbs]
    if der.UTC_TIME in tags[:5] or der.GENERALIZED_TIME in tags[:5]:
        return "crl"
    if tags[:3] == [der.INTEGER, der.SEQUENCE, der.SEQUENCE] and len(tags) < 5:
        return "certificate_request"
    return "certificate"


def other(fields: Fields, at: Location, label: str, kind: str, data: bytes) -> Other:
    """Return what can be said about an object of this *kind*."""
    details: tuple[tuple[str, Any], ...] = ()
    key: PublicKey | None = None
    node = der.parse(data) if kind not in ("unknown", "jks") else None
    if node is not None and kind == "certificate_request":
        parts = node.children()[0].children()
        subject = fields.read("subject", "certificationRequestInfo.subject", lambda: name(parts[1].der).text, None)
        path = "certificationRequestInfo.subjectPKInfo"
        key = fields.read("key", path, lambda: public_key(parts[2].der), None)
        details = (("subject", subject),)
    elif node is not None and kind == "public_key":
        key = fields.read("key", "", lambda: _public_key(node), None)
    elif node is not None and kind == "crl":
        details = fields.read("crl", "tbsCertList", lambda: _crl(node), ())
    elif node is not None and kind == "pkcs7":
        content = fields.read("content", "contentType", lambda: _PKCS7_TYPES[oid(node.children()[0])], None)
        details = (("content", content),)
    elif node is not None and kind == "parameters" and node.tag == der.OID:
        details = (("curve_oid", fields.read("curve", "", lambda: oid(node), None)),)
    return Other(at, kind, label, details, key, frozenset(fields.unread))


def _public_key(node: der.Node) -> PublicKey:
    if node.children()[0].tag == der.SEQUENCE:
        return public_key(node.der)
    # PKCS#1's RSAPublicKey, without an AlgorithmIdentifier (RFC 8017 appendix A.1.1)
    rsa_encryption = bytes.fromhex("300d06092a864886f70d0101010500")
    return public_key(spki(rsa_encryption, node.der))


def _crl(node: der.Node) -> tuple[tuple[str, Any], ...]:
    parts = node.children()[0].children()
    if parts[0].tag == der.INTEGER:
        parts = parts[1:]
    signature, issuer, this_update, *rest = parts
    next_update = rest[0] if rest and rest[0].tag in (der.UTC_TIME, der.GENERALIZED_TIME) else None
    revoked = next((part for part in rest if part.tag == der.SEQUENCE), None)
    return (
        ("issuer", name(issuer.der).text),
        ("signature_algorithm", signature_algorithm(signature).to_dict()),
        ("this_update", time_text(x509.time(this_update))),
        ("next_update", time_text(x509.time(next_update)) if next_update else None),
        ("revoked", len(revoked.children()) if revoked else 0),
    )
