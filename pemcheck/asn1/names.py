"""Names: distinguished names and general names."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from asn1crypto import core

from .. import der
from ..budget import Exhausted
from ..facts import MAX_NAME_SHOWN, AltNames, Name, NameConstraints, Subtree
from ..source import printable
from .basic import elements, oid, whole
from .remembered import once_each

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
MAX_GENERAL_NAME = 4_096
"""Bytes of a dNSName, rfc822Name or URI that are looked at; RFC 1035 allows 253, RFC 5321 254."""
_SPECIAL = re.compile(r'["+,;<>\\]')
_TELETEX = 20  # what everybody writes in it is Latin-1, and no table of T.61 agrees with another
_STRINGS: dict[int, Any] = {
    12: core.UTF8String,
    18: core.NumericString,
    19: core.PrintableString,
    22: core.IA5String,
    26: core.VisibleString,
    28: core.UniversalString,
    30: core.BMPString,
}
_GENERAL_NAMES = {0x81: "email", 0x82: "dns", 0x86: "uri", 0x87: "ip", 0xA4: "directory"}
_OTHER_GENERAL_NAMES = frozenset((0xA0, 0xA3, 0xA5, 0x88))


def name(data: bytes) -> Name:
    """Return the facts of a DER Name (RFC 5280 section 4.1.2.4)."""
    found = [_known_rdn(rdn.der) for rdn in elements(whole(data))]
    rdns = tuple(tuple((kind, value.der if text is None else text) for kind, value, text in pairs) for pairs in found)
    return Name(data, _text(found), rdns)


def _rdn(data: bytes) -> list[tuple[str, der.Node, str | None]]:
    """Return the attributes of a relative distinguished name: OID, value, and its text if it is one."""
    pairs: list[tuple[str, der.Node, str | None]] = []
    for attribute in elements(whole(data), der.SET):
        kind, value = elements(attribute)
        pairs.append((oid(kind), value, _string(value)))
    if not pairs:
        raise ValueError("a relative distinguished name without an attribute")
    return pairs


_known_rdn = once_each(_rdn)
known_name = once_each(name)
"""``name``, for names that many certificates share."""


def _text(rdns: list[list[tuple[str, der.Node, str | None]]]) -> str:
    """Return a name as RFC 4514 section 2.1 writes it, cut where it is long."""
    text = ""
    for pairs in reversed(rdns):
        for number, pair in enumerate(pairs):
            text += ("+" if number else "," if text else "") + _rfc4514(*pair)
            if len(text) > MAX_NAME_SHOWN:
                return text[: MAX_NAME_SHOWN - 1] + "…"
    return text


def _string(node: der.Node) -> str | None:
    """Return the text of a string type, None for any other."""
    if node.tag == _TELETEX:
        return node.content.decode("latin-1")
    string = _STRINGS.get(node.tag)
    return None if string is None else str(string.load(node.der).native)


def not_text(name: Name) -> str:
    """Return the first value in *name* that is of none of the types that OpenSSL takes for one, as words."""
    for rdn in name.rdns:
        for kind, value in rdn:
            if value.__class__ is bytes and value[0] not in (der.BIT_STRING, der.SEQUENCE):
                return f"the value of {_KEYWORDS.get(kind, kind)} is no text (tag {value[0]:02x})"
    return ""


def _hex(node: der.Node) -> str:
    return "#" + node.der[:MAX_NAME_SHOWN].hex()


def _rfc4514(kind: str, value: der.Node, text: str | None) -> str:
    """Return an attribute as RFC 4514 sections 2.3 and 2.4 write it."""
    if kind not in _KEYWORDS:
        return f"{kind}={_hex(value)}"
    return f"{_KEYWORDS[kind]}={_hex(value) if text is None else _escaped(text)}"


def _escaped(text: str) -> str:
    text = text[:MAX_NAME_SHOWN]
    escaped = _SPECIAL.sub(r"\\\g<0>", text)
    if printable(text) != text:
        escaped = "".join(each if printable(each) == each else _hexpairs(each) for each in escaped)
    if escaped.startswith(("#", " ")):
        escaped = "\\" + escaped
    return escaped[:-1] + "\\ " if escaped.endswith(" ") and len(text) > 1 else escaped


def _hexpairs(character: str) -> str:
    return "".join(f"\\{octet:02X}" for octet in character.encode())


def alt_names(names: der.Node) -> AltNames:
    """Return the facts of GeneralNames (RFC 5280 section 4.2.1.6)."""
    found: dict[str, list[str]] = {"dns": [], "ip": [], "email": [], "uri": []}
    directory = []
    other = 0
    for node in elements(names):
        kind = _general_name(node)
        if kind == "directory":
            directory.append(name(node.content))
        if kind == "ip":
            found["ip"].append(address(node.content))
        elif kind in found:
            found[kind].append(ia5(node.content))
        else:
            other += 1
    dns, ip, email, uri = (tuple(names) for names in found.values())
    return AltNames(dns, ip, email, uri, other, tuple(directory))


def _general_name(node: der.Node) -> str:
    """Return the kind of a GeneralName."""
    if node.tag in _OTHER_GENERAL_NAMES:
        if (node.tag == 0xA0 and not _is_other_name(node)) or (node.tag == 0x88 and not der.is_oid(node.content)):
            raise ValueError(f"a GeneralName of tag {node.tag:02x} that is none")
        return "other"
    if node.tag not in _GENERAL_NAMES:
        raise ValueError(f"tag {node.tag:02x} is no GeneralName")
    return _GENERAL_NAMES[node.tag]


def _is_other_name(node: der.Node) -> bool:
    """Whether this has the shape of OtherName: an OID, and anything in the explicit tag [0]."""
    return [each.tag for each in node.children()] == [der.OID, 0xA0]


def address(octets: bytes) -> str:
    """Return an IP address as RFC 5952 writes it, mapped ones with the dotted IPv4 address in any Python."""
    if len(octets) not in (4, 16):
        raise ValueError(f"an IP address of {len(octets)} bytes")
    mapped = octets[12:] if octets[:12] == bytes(10) + b"\xff\xff" else b""
    return f"::ffff:{ipaddress.ip_address(mapped)}" if mapped else str(ipaddress.ip_address(octets))


def ia5(content: bytes) -> str:
    r"""
    Return raw IA5 octets as printable text; what is not ASCII, or is a control or a backslash, becomes ``\u{hex}``.

    Different octets never become the same text, so texts can be compared.  Raises Exhausted for what is too long to be
    compared again and again.
    """
    if len(content) > MAX_GENERAL_NAME:
        raise Exhausted(f"a name has {len(content):,} bytes, more than the {MAX_GENERAL_NAME:,} that are looked at")
    return content.decode("latin-1").translate(_ESCAPED)


_ESCAPED = {code: f"\\u{{{code:04x}}}" for code in (*range(32), ord("\\"), *range(127, 256))}


def name_constraints(constraints: der.Node) -> NameConstraints:
    """Return the facts of NameConstraints (RFC 5280 section 4.2.1.10)."""
    trees: dict[int, tuple[Subtree, ...]] = {0xA0: (), 0xA1: ()}
    for part in elements(constraints):
        if part.tag not in trees:
            raise ValueError(f"tag {part.tag:02x} in name constraints")
        trees[part.tag] = tuple(_subtree(*elements(subtree)) for subtree in part.children())
    return NameConstraints(trees[0xA0], trees[0xA1])


def _subtree(node: der.Node, *distances: der.Node) -> Subtree:
    """Return a GeneralSubtree; raise ValueError for a minimum or maximum, which RFC 5280 leaves without a meaning."""
    if any(each.tag != 0x80 or each.content != b"\0" for each in distances):
        raise ValueError("a subtree of name constraints with a minimum or a maximum")
    kind = _general_name(node)
    if kind == "directory":
        base = name(node.content)
        return Subtree(kind, base.text, node.content, base)
    if kind == "ip":
        half = len(node.content) // 2
        return Subtree(kind, f"{address(node.content[:half])}/{address(node.content[half:])}", node.content)
    return Subtree(kind, ia5(node.content), node.content)
