"""
What is in PKCS#7 and PKCS#12: certificates, keys and encrypted parts, each as its bytes.

Both may come in BER, with indefinite lengths and strings in pieces: Java, NSS and old versions of Windows write
it.  Sources: RFC 2315 and RFC 5652 (signed-data), RFC 7292 (PKCS#12).
"""

from __future__ import annotations

from typing import NamedTuple

from .. import der
from .basic import elements, oid, only

MAX_BAGS = 1000
"""Bags, certificates and parts read of one container."""
MAX_NESTING = 4
"""Safe contents inside of safe contents."""

_DATA, _SIGNED, _ENCRYPTED = (f"1.2.840.113549.1.7.{last}" for last in (1, 2, 6))
_BAGS = {f"1.2.840.113549.1.12.10.1.{n}": n for n in range(1, 7)}
_KEY, _SHROUDED, _CERTIFICATE, _CRL, _SECRET, _SAFE = range(1, 7)
_X509 = "1.2.840.113549.1.9.22.1"


class Refused(ValueError):
    """A container of a kind that is not read; its text says which, and repeats nothing of what is in it."""


class SignedData(NamedTuple):
    """The certificates in a PKCS#7 object, each as DER; how many CRLs and signers there are, and other things."""

    certificates: list[bytes]
    crls: int = 0
    signers: int = 0
    foreign: int = 0


class Part(NamedTuple):
    """One part of a PKCS#12 file: safe contents in the clear, or encrypted with what *identifier* says."""

    data: bytes
    identifier: der.Node | None = None


class Pfx(NamedTuple):
    """A PKCS#12 file: what the MAC is about, and the MAC's node, if there is one."""

    content: bytes
    mac: der.Node | None


class Bag(NamedTuple):
    """Something in a PKCS#12 file: ``kind`` is key, shrouded, certificate, crl, secret or other."""

    kind: str
    data: bytes
    path: str


def signed_data(data: bytes) -> SignedData | None:
    """Return what is in a PKCS#7 signed-data object, None if it is of another type; raise ValueError."""
    content_type, *content = elements(der.parse(data))
    if oid(content_type) != _SIGNED:
        return None
    _, _, _, *rest = elements(only(content[0], 0xA0))
    certificates: list[bytes] = []
    crls = foreign = 0
    for each in rest:
        if each.tag == 0xA0:
            found = each.children()
            certificates = [one.der for one in found if one.tag == der.SEQUENCE]
            foreign = len(found) - len(certificates)
        elif each.tag == 0xA1:
            crls = len(each.children())
    signers = len(rest[-1].children()) if rest and rest[-1].tag == der.SET else 0
    return SignedData(certificates, crls, signers, foreign)


def pfx(data: bytes) -> Pfx:
    """Return the outermost layer of a PKCS#12 file; raise ValueError, also for one that is signed with a key."""
    _, info, *rest = elements(der.parse(data))
    content_type, *content = elements(info)
    if oid(content_type) != _DATA:
        raise Refused("its integrity is protected by a signature, not by a passphrase")
    return Pfx(_octets(only(content[0], 0xA0)), rest[0] if rest else None)


def parts(content: bytes) -> list[Part]:
    """Return the parts that the content of a PKCS#12 file consists of; raise ValueError."""
    found = []
    for info in elements(der.parse(content)):
        content_type, *inner = elements(info)
        dotted = oid(content_type)
        if dotted == _DATA:
            found.append(Part(_octets(only(inner[0], 0xA0))))
        elif dotted == _ENCRYPTED:
            found.append(_encrypted(only(inner[0], 0xA0)))
        else:
            raise Refused("a part is encrypted for the owner of a key, not with a passphrase")
    return found


def _encrypted(node: der.Node) -> Part:
    """RFC 2315 section 13."""
    _, info = elements(node)[:2]
    _, identifier, ciphertext = elements(info)
    if ciphertext.tag == 0x80:
        return Part(ciphertext.content, identifier)
    return Part(b"".join(_octets(each) for each in elements(ciphertext, 0xA0)), identifier)


def bags(data: bytes, path: str, nesting: int = 0) -> list[Bag]:
    """Return what is in safe contents, those inside of them included; raise ValueError."""
    if nesting > MAX_NESTING:
        raise Refused(f"safe contents nested deeper than {MAX_NESTING}")
    found: list[Bag] = []
    for index, node in enumerate(elements(der.parse(data))):
        kind, value, *_ = elements(node)
        found += _bag(_BAGS.get(oid(kind), 0), only(value, 0xA0), f"{path}.safeContents[{index}]", nesting)
        if len(found) > MAX_BAGS:
            raise Refused(f"more than {MAX_BAGS} bags")
    return found


def _bag(kind: int, value: der.Node, path: str, nesting: int) -> list[Bag]:
    if kind == _SAFE:
        return bags(value.der, path, nesting + 1)
    if kind == _CERTIFICATE:
        sort, certificate = elements(value)
        known = oid(sort) == _X509
        return [Bag("certificate" if known else "other", _octets(only(certificate, 0xA0)), path)]
    names = {_KEY: "key", _SHROUDED: "shrouded", _CRL: "crl", _SECRET: "secret"}
    return [Bag(names.get(kind, "other"), value.der, path)]


def _octets(node: der.Node, depth: int = 0) -> bytes:
    """Return the content of an OCTET STRING, also of one that is in pieces (X.690 section 8.7.3)."""
    if node.tag == der.OCTET_STRING:
        return node.content
    if node.tag != der.OCTET_STRING | 0x20 or depth > MAX_NESTING:
        raise ValueError("an OCTET STRING is missing")
    return b"".join(_octets(each, depth + 1) for each in node.children())
