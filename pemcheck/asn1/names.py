"""Names: distinguished names and general names."""

from __future__ import annotations

import ipaddress
from typing import Any

from asn1crypto import core

from .. import der
from ..facts import AltNames, Name, NameConstraints, Subtree
from ..source import printable

# RFC 4514 section 3, then the descriptors of RFC 4519, RFC 2985 and of the CA/Browser Forum
_KEYWORDS = {
    "2.5.4.3": "CN",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.5.4.6": "C",
    "2.5.4.9": "STREET",
    "0.9.2342.19200300.100.1.25": "DC",
    "0.9.2342.19200300.100.1.1": "UID",
    "2.5.4.4": "SN",
    "2.5.4.42": "GN",
    "2.5.4.12": "title",
    "2.5.4.5": "serialNumber",
    "2.5.4.13": "description",
    "2.5.4.15": "businessCategory",
    "2.5.4.17": "postalCode",
    "2.5.4.43": "initials",
    "2.5.4.44": "generationQualifier",
    "2.5.4.46": "dnQualifier",
    "2.5.4.65": "pseudonym",
    "2.5.4.97": "organizationIdentifier",
    "1.2.840.113549.1.9.1": "emailAddress",
    "1.3.6.1.4.1.311.60.2.1.1": "jurisdictionL",
    "1.3.6.1.4.1.311.60.2.1.2": "jurisdictionST",
    "1.3.6.1.4.1.311.60.2.1.3": "jurisdictionC",
}
_STRINGS: dict[int, Any] = {
    12: core.UTF8String,
    18: core.NumericString,
    19: core.PrintableString,
    20: core.TeletexString,
    22: core.IA5String,
    26: core.VisibleString,
    28: core.UniversalString,
    30: core.BMPString,
}
_GENERAL_NAMES = {0x81: "email", 0x82: "dns", 0x86: "uri", 0x87: "ip", 0xA4: "directory"}


def oid(node: der.Node) -> str:
    """Return an OBJECT IDENTIFIER in dotted form."""
    if node.tag != der.OID:
        raise ValueError(f"byte {node.start}: an object identifier is missing")
    return str(core.ObjectIdentifier.load(node.der).native)


def name(data: bytes) -> Name:
    """Return the facts of a DER Name (RFC 5280 section 4.1.2.4)."""
    rdns = []
    texts = []
    for rdn in der.parse(data).children():
        pairs = []
        for attribute in rdn.children():
            kind, value = attribute.children()
            pairs.append((oid(kind), *_value(value)))
        rdns.append(tuple((kind, shown) for kind, shown, _ in pairs))
        texts.append("+".join(_KEYWORDS.get(kind, kind) + "=" + _rfc4514(kind, shown, value) for kind, shown, value in pairs))
    return Name(data, ",".join(reversed(texts)), tuple(rdns))


def _value(node: der.Node) -> tuple[str, bytes]:
    string = _STRINGS.get(node.tag)
    return (printable(string.load(node.der).native) if string else "#" + node.der.hex()), node.der


def _rfc4514(kind: str, shown: str, value: bytes) -> str:
    """Return an attribute value as RFC 4514 section 2.4 writes it."""
    if kind not in _KEYWORDS:
        return "#" + value.hex()
    escaped = "".join("\\" + character if character in '"+,;<>\\' else character for character in shown)
    if value[0] in _STRINGS and escaped[:1] in ("#", " "):
        escaped = "\\" + escaped
    if escaped[-1:] == " " and len(shown) > 1:
        escaped = escaped[:-1] + "\\ "
    return escaped


def alt_names(data: bytes) -> AltNames:
    """Return the facts of DER GeneralNames (RFC 5280 section 4.2.1.6)."""
    found: dict[str, list[str]] = {"dns": [], "ip": [], "email": [], "uri": []}
    directory = []
    other = 0
    for node in der.parse(data).children():
        kind = _GENERAL_NAMES.get(node.tag)
        if kind == "directory":
            directory.append(name(node.content))
        if kind == "ip":
            found["ip"].append(str(ipaddress.ip_address(node.content)))
        elif kind in found:
            found[kind].append(ia5(node.content))
        else:
            other += 1
    dns, ip, email, uri = (tuple(names) for names in found.values())
    return AltNames(dns, ip, email, uri, other, tuple(directory))


def ia5(content: bytes) -> str:
    r"""Return raw IA5 octets as printable text; octets that are not ASCII become ``\u{hex}``."""
    return "".join(chr(byte) if byte < 0x80 else f"\\u{{{byte:04x}}}" for byte in content).translate(_CONTROLS)


_CONTROLS = {code: f"\\u{{{code:04x}}}" for code in (*range(32), 127)}


def name_constraints(data: bytes) -> NameConstraints:
    """Return the facts of DER NameConstraints (RFC 5280 section 4.2.1.10)."""
    trees: dict[int, tuple[Subtree, ...]] = {0xA0: (), 0xA1: ()}
    for part in der.parse(data).children():
        trees[part.tag] = tuple(_subtree(subtree.children()[0]) for subtree in part.children())
    return NameConstraints(trees[0xA0], trees[0xA1])


def _subtree(node: der.Node) -> Subtree:
    kind = _GENERAL_NAMES.get(node.tag, "other")
    if kind == "directory":
        base = name(node.content)
        return Subtree(kind, base.text, node.content, base)
    if kind == "ip":
        half = len(node.content) // 2
        text = "/".join(str(ipaddress.ip_address(part)) for part in (node.content[:half], node.content[half:]))
        return Subtree(kind, text, node.content)
    return Subtree(kind, ia5(node.content), node.content)
