"""Everything that is neither a certificate nor a private key: recognised, named, described."""

from __future__ import annotations

from typing import Any, Callable

from .. import der
from ..facts import AltNames, Other, PublicKey, time_text
from ..reading import Fields
from ..source import Location
from .algorithms import RSA_ENCRYPTION, public_key, signature_algorithm, spki
from .basic import content, elements, oid, only, whole
from .certificate import time
from .extensions import SUBJECT_ALT_NAME
from .names import alt_names, name

Details = tuple[tuple[str, Any], ...]

_PKCS7_TYPES = {
    "1.2.840.113549.1.7.1": "data",
    "1.2.840.113549.1.7.2": "signed data",
    "1.2.840.113549.1.7.3": "enveloped data",
    "1.2.840.113549.1.7.6": "encrypted data",
}
_EXTENSION_REQUESTS = ("1.2.840.113549.1.9.14", "1.3.6.1.4.1.311.2.1.14")
"""PKCS#9's attribute, and Microsoft's own."""


def kind_of(data: bytes, label: str = "") -> str:
    """
    Return what the first element of *data* is by its shape; the label decides only between look-alikes.

    One of certificate, certificate_request, crl, public_key, pkcs1, pkcs8, sec1, dsa, encrypted-pkcs8,
    pkcs7, pkcs12, parameters, unknown.
    """
    try:
        node = der.parse(data)
        if node.tag == der.OID:
            return "parameters"
        children = node.children()
        if node.tag != der.SEQUENCE:
            return "unknown"
        if label.endswith("PARAMETERS") and all(child.tag == der.INTEGER for child in children):
            return "parameters"  # Diffie-Hellman's p and g look like RSA's n and e
        return _kind([child.tag for child in children], children)
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
    details: Details = ()
    key: PublicKey | None = None
    if kind == "certificate_request":
        details, key = _request(fields, der.parse(data))
    elif kind == "public_key":
        key = fields.read("key", "", lambda: _public_key(der.parse(data)), None)
    elif kind == "crl":
        details = _crl(fields, der.parse(data))
    elif kind == "pkcs7":
        content_type = elements(der.parse(data))[0]
        details = (("content", fields.read("content", "contentType", lambda: _PKCS7_TYPES[oid(content_type)], None)),)
    elif kind == "parameters":
        details = _parameters(fields, der.parse(data))
    return Other(at, kind, label, details, key, frozenset(fields.unread))


def _request(fields: Fields, node: der.Node) -> tuple[Details, PublicKey | None]:
    """RFC 2986; the names that are asked for stand in an attribute (RFC 2985 section 5.4.2)."""
    _, subject, key, *attributes = node.children()[0].children()
    path = "certificationRequestInfo"
    names = fields.read("subject_alt_names", f"{path}.attributes", lambda: _requested_names(attributes), None)
    details = (
        ("subject", fields.read("subject", f"{path}.subject", lambda: name(subject.der).text, None)),
        ("subject_alt_names", None if names is None else names.to_dict()),
    )
    return details, fields.read("key", f"{path}.subjectPKInfo", lambda: public_key(key.der), None)


def _requested_names(attributes: list[der.Node]) -> AltNames | None:
    """Return the subject alternative names that a request asks for, if it asks for any."""
    for attribute in elements(attributes[0], 0xA0) if attributes else ():
        kind, values = elements(attribute)
        if oid(kind) not in _EXTENSION_REQUESTS:
            continue
        for first, *_, value in map(elements, elements(only(values, der.SET))):
            if oid(first) == SUBJECT_ALT_NAME:
                octets = content(value, der.OCTET_STRING)
                der.walk(octets)
                return alt_names(whole(octets))
    return None


def _public_key(node: der.Node) -> PublicKey:
    if node.children()[0].tag == der.SEQUENCE:
        return public_key(node.der)
    # PKCS#1's RSAPublicKey, without an AlgorithmIdentifier (RFC 8017 appendix A.1.1)
    return public_key(spki(RSA_ENCRYPTION, node.der))


def _parameters(fields: Fields, node: der.Node) -> Details:
    """RFC 5480 section 2.1.1; of Diffie-Hellman's and DSA's nothing is said."""
    if node.tag != der.OID:
        return ()
    return (("curve_oid", fields.read("curve_oid", "", lambda: oid(node), None)),)


def _crl(fields: Fields, node: der.Node) -> Details:
    """RFC 5280 section 5.1."""
    parts = node.children()[0].children()
    if parts[0].tag == der.INTEGER:
        parts = parts[1:]
    times = [part for part in parts if part.tag in (der.UTC_TIME, der.GENERALIZED_TIME)][:2]
    behind = parts[parts.index(times[-1]) + 1 :]
    revoked = elements(behind[0]) if behind and behind[0].tag == der.SEQUENCE else []

    def read(field: str, path: str, get: Callable[[], Any]) -> tuple[str, Any]:
        return field, fields.read(field, f"tbsCertList.{path}", get, None)

    return (
        read("issuer", "issuer", lambda: name(parts[1].der).text),
        read("signature_algorithm", "signature", lambda: signature_algorithm(parts[0]).to_dict()),
        read("this_update", "thisUpdate", lambda: time_text(time(times[0]))),
        read("next_update", "nextUpdate", lambda: time_text(time(times[1])) if times[1:] else None),
        ("revoked", len(revoked)),
    )
