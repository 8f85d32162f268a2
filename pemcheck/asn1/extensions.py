"""X.509 extensions, one by one: one that is malformed costs only itself."""

from __future__ import annotations

from functools import partial
from typing import Any, Callable, TypeVar, cast

from asn1crypto import x509

from .. import der
from ..budget import ELEMENTS, Budget
from ..facts import BasicConstraints, Extension, Name, PolicyConstraints
from ..reading import Fields
from .basic import boolean, content, count, elements, encode_oid, integer, named_bits, oid, only, whole
from .names import alt_names, ia5, name, name_constraints
from .remembered import MAX_BYTES, once_each

PATH = "tbsCertificate.extensions"
POISON = "1.3.6.1.4.1.11129.2.4.3"
SUBJECT_ALT_NAME, KEY_USAGE, EXTENDED_KEY_USAGE = "2.5.29.17", "2.5.29.15", "2.5.29.37"
BASIC_CONSTRAINTS, NAME_CONSTRAINTS, AUTHORITY_INFORMATION = "2.5.29.19", "2.5.29.30", "1.3.6.1.5.5.7.1.1"
POLICIES, POLICY_MAPPINGS = "2.5.29.32", "2.5.29.33"
POLICY_CONSTRAINTS, INHIBIT_ANY_POLICY = "2.5.29.36", "2.5.29.54"
TIMESTAMPS = "1.3.6.1.4.1.11129.2.4.2"
SUBJECT_KEY_IDENTIFIER, AUTHORITY_KEY_IDENTIFIER = "2.5.29.14", "2.5.29.35"

DISTRIBUTION_POINTS, FRESHEST_CRL, ISSUER_ALT_NAME = "2.5.29.31", "2.5.29.46", "2.5.29.18"
NETSCAPE_TYPE, ADDRESS_BLOCKS, AUTONOMOUS_SYSTEMS = "2.16.840.1.113730.1.1", "1.3.6.1.5.5.7.1.7", "1.3.6.1.5.5.7.1.8"

# Read here, and processed by those who validate paths (RFC 5280 section 4.2, OpenSSL's X509_supported_extension):
# to know what any other is called is not to process it.
_PROCESSED = frozenset(
    (
        *(SUBJECT_ALT_NAME, KEY_USAGE, EXTENDED_KEY_USAGE, BASIC_CONSTRAINTS, NAME_CONSTRAINTS),
        *(POLICIES, POLICY_MAPPINGS, POLICY_CONSTRAINTS, INHIBIT_ANY_POLICY, DISTRIBUTION_POINTS, NETSCAPE_TYPE),
    )
)

_PRICE = 4
"""Each extension, and each value in one, is decoded, which takes longer than to walk over it."""

_FALSE = b"\1\1\0"
_SPELLED_OUT = "FALSE is spelled out where it is the DEFAULT (X.690 section 11.5)"

T = TypeVar("T")

_KEY_USAGES = (
    "digital_signature",
    "non_repudiation",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)

_NETSCAPE_TYPES = (
    *("ssl_client", "ssl_server", "smime", "object_signing"),
    *("reserved", "ssl_ca", "smime_ca", "object_signing_ca"),
)
"""Bits of Netscape's certificate type, which OpenSSL still heeds."""


def read(fields: Fields, node: der.Node) -> tuple[Extension, ...]:
    """Return the extensions in the explicit tag [3], in encoded order (RFC 5280 section 4.2)."""
    nodes = fields.read("extensions", PATH, lambda: _paid(fields, elements(only(node, 0xA3))), None)
    found = []
    lost = {""} if nodes is None else set()
    for number, each in enumerate(nodes or ()):
        path = f"{PATH}[{number}]"
        extension = fields.read("extensions", path, partial(_extension, fields, path, each), None)
        if extension is not None:
            found.append(extension)
        else:
            lost.add(_oid_of(each))
    known = {extension.oid for extension in found}
    for names, dotted, _ in _READERS:
        if dotted not in known and {"", dotted} & lost:  # one whose OID cannot be read may have been any
            fields.unread.update(names)
    return tuple(found)


def _paid(fields: Fields, nodes: list[der.Node]) -> list[der.Node]:
    fields.budget.require(ELEMENTS, _PRICE * len(nodes))
    return nodes


def _extension(fields: Fields, path: str, node: der.Node) -> Extension:
    if node.data.startswith(_OWN, node.body):
        extension, fault = _fresh_extension(node)
    else:
        try:
            extension, fault = _known_extension(node.der)
        except ValueError:
            extension, fault = _fresh_extension(node)  # which says where it stands
    if fault:
        fields.note(path, fault)
    return extension


def _fresh_extension(node: der.Node) -> tuple[Extension, str]:
    """Return an extension, and how it departs from DER."""
    first, *flag, value = elements(node)
    dotted = oid(first)
    if len(flag) > 1:
        raise ValueError(f"extension {dotted} has {len(flag) + 2} fields")
    critical = bool(flag) and boolean(flag[0])
    name: str = x509.ExtensionId._map.get(dotted, dotted)
    fault = _SPELLED_OUT if flag and not critical else ""
    return Extension(dotted, name, critical, content(value, der.OCTET_STRING), dotted in _PROCESSED), fault


_OWN = tuple(map(encode_oid, (SUBJECT_ALT_NAME, SUBJECT_KEY_IDENTIFIER, TIMESTAMPS)))
"""Extensions that no two certificates share: to remember them would drive out what is worth it."""
_known_extension = once_each(lambda data: _fresh_extension(whole(data)))


def _oid_of(node: der.Node) -> str:
    """Return the OID of an extension that cannot be read, empty if not even that can be."""
    try:
        return oid(node.children()[0])
    except (ValueError, IndexError):
        return ""


def facts(fields: Fields, extensions: tuple[Extension, ...]) -> dict[str, Any]:
    """Return what the extensions say, by the names of ``Certificate``'s fields; absent ones are left out."""
    result: dict[str, Any] = {}
    first: dict[str, Extension] = {}
    for extension in extensions:
        first.setdefault(extension.oid, extension)
    for names, dotted, get in _READERS:
        if dotted in first:
            extension = first[dotted]
            path = f"{PATH}.{extension.name}"
            values = fields.read(names[0], path, partial(_decode, fields, path, extension.value, get), None)
            if values is None:
                fields.unread.update(names)
            else:
                result.update(zip(names, values))
    for extension in extensions:
        field, check = _SHAPES.get(extension.oid, ("", None))
        if check is not None:
            path = f"{PATH}.{field}"
            fields.read(field, path, partial(_decode, fields, path, extension.value, check), None)
    return result


def _decode(fields: Fields, path: str, value: bytes, get: Callable[[der.Node], T]) -> T:
    """
    Return what *get* makes of *value*, or has made of the same bytes before; it is paid for every time.

    How *value* departs from DER is noted at the ASN.1 *path*.
    """
    fault, found = _remembered(fields.budget, value, get)
    if fault:
        fields.note(path, fault)
    return found


def _remembered(budget: Budget, value: bytes, get: Callable[[der.Node], T]) -> tuple[str, T]:
    known = _KNOWN.get(get)
    if known is not None and len(value) <= MAX_BYTES:
        try:
            price, fault, found = known(value)
        except Exception:
            price = budget.left(ELEMENTS) + 1  # what cannot be read is paid for, too: below
        if budget.take(ELEMENTS, price):
            return fault, cast("T", found)
    return _fresh(budget, value, get)


def _fresh(budget: Budget, value: bytes, get: Callable[[der.Node], T]) -> tuple[str, T]:
    fault = der.walk(value, budget, _PRICE).fault
    if get is _basic_constraints and value[2:5] == _FALSE:
        fault = fault or _SPELLED_OUT
    return fault, get(whole(value))


def _priced(get: Callable[[der.Node], Any], value: bytes) -> tuple[int, str, Any]:
    """Return what decoding *value* costs, in elements, how it departs from DER, and what comes of it."""
    spent = Budget()
    before = spent.left(ELEMENTS)
    fault, found = _fresh(spent, value, get)
    return before - spent.left(ELEMENTS), fault, found


def _basic_constraints(node: der.Node) -> tuple[BasicConstraints]:
    parts = elements(node)
    ca = boolean(parts.pop(0)) if parts and parts[0].tag == der.BOOLEAN else False
    length = count(parts.pop(0)) if parts else None
    if parts:
        raise ValueError("unknown fields in basic constraints")
    return (BasicConstraints(ca, length),)


def _authority_key_identifier(node: der.Node) -> tuple[bytes | None, tuple[Name, ...] | None, int | None]:
    """RFC 5280 section 4.2.1.1."""
    parts = {part.tag: part for part in elements(node)}
    names = alt_names(parts[0xA1]._replace(tag=der.SEQUENCE)).directory if 0xA1 in parts else None
    serial = integer(parts[0x82]._replace(tag=der.INTEGER)) if 0x82 in parts else None
    return (parts[0x80].content if 0x80 in parts else None), names, serial


def _distribution_points(node: der.Node) -> None:
    """Raise ValueError unless *node* is CRLDistributionPoints (RFC 5280 section 4.2.1.13)."""
    for point in elements(node):
        parts = elements(point)
        tags = [part.tag for part in parts]
        if tags != [tag for tag in (0xA0, 0x81, 0xA2) if tag in tags]:
            raise ValueError("a distribution point with fields that are none of its own")
        for part in parts:
            if part.tag == 0x81:
                named_bits(part._replace(tag=der.BIT_STRING), ())
            else:
                _names_of_point(only(part, 0xA0) if part.tag == 0xA0 else part._replace(tag=0xA0))


def _names_of_point(node: der.Node) -> None:
    """Raise ValueError unless *node* is a DistributionPointName, or GeneralNames with the tag of its first choice."""
    if node.tag == 0xA0:
        alt_names(node._replace(tag=der.SEQUENCE))
    else:
        name(der.encode(der.SEQUENCE, der.encode(der.SET, b"".join(each.der for each in elements(node, 0xA1)))))


def _families(node: der.Node) -> None:
    """Raise ValueError unless *node* looks like IPAddrBlocks (RFC 3779 section 2.2.3)."""
    for each in elements(node):
        family, addresses = elements(each)
        content(family, der.OCTET_STRING)
        if addresses.tag not in (der.NULL, der.SEQUENCE):
            raise ValueError("addresses that are neither a list nor inherited")


def _systems(node: der.Node) -> None:
    """Raise ValueError unless *node* looks like ASIdentifiers (RFC 3779 section 3.2.3)."""
    for each in elements(node):
        if each.tag not in (0xA0, 0xA1) or only(each, each.tag).tag not in (der.NULL, der.SEQUENCE):
            raise ValueError("identifiers that are neither a list nor inherited")


def _authority_information(node: der.Node) -> tuple[tuple[str, ...], tuple[str, ...]]:
    urls: dict[str, list[str]] = {"1.3.6.1.5.5.7.48.1": [], "1.3.6.1.5.5.7.48.2": []}
    for description in elements(node):
        method, location = elements(description)
        if location.tag == 0x86:
            urls.get(oid(method), []).append(ia5(location.content))
    ocsp, issuers = urls.values()
    return tuple(ocsp), tuple(issuers)


def _policies(node: der.Node) -> tuple[tuple[str, ...]]:
    """Return the policies; what qualifies them is for people."""
    found = tuple(oid(elements(each)[0]) for each in elements(node))
    if not found or len(set(found)) < len(found):
        raise ValueError("a certificate policy that stands twice" if found else "no certificate policy at all")
    return (found,)


def _policy_mappings(node: der.Node) -> tuple[tuple[tuple[str, str], ...]]:
    found = []
    for each in elements(node):
        issuer, subject = elements(each)
        found.append((oid(issuer), oid(subject)))
    if not found:
        raise ValueError("no policy mapping at all")
    return (tuple(found),)


def _policy_constraints(node: der.Node) -> tuple[PolicyConstraints]:
    numbers = {each.tag: count(each._replace(tag=der.INTEGER)) for each in elements(node)}
    if not numbers or numbers.keys() - {0x80, 0x81} or len(numbers) < len(elements(node)):
        raise ValueError("policy constraints that are none")
    return (PolicyConstraints(numbers.get(0x80), numbers.get(0x81)),)


def _timestamps(node: der.Node) -> tuple[int]:
    """Return how many logs signed (RFC 6962 section 3.3): a list in TLS's encoding, every length two octets."""
    items = _tls_vector(content(node, der.OCTET_STRING))
    if items[1]:
        raise ValueError("bytes behind the list of signed certificate timestamps")
    logs, rest = set(), items[0]
    while rest:
        timestamp, rest = _tls_vector(rest)
        if len(timestamp) < 47:
            raise ValueError("a signed certificate timestamp that is too short")
        logs.add(timestamp[1:33])
    return (len(logs),)


def _tls_vector(data: bytes) -> tuple[bytes, bytes]:
    """Return the opaque vector at the start of *data*, and what follows it (RFC 5246 section 4.3)."""
    end = 2 + int.from_bytes(data[:2], "big")
    if len(data) < max(end, 2):
        raise ValueError("a length that runs past the list of signed certificate timestamps")
    return data[2:end], data[end:]


_READERS: tuple[tuple[tuple[str, ...], str, Callable[[der.Node], tuple[Any, ...]]], ...] = (
    (("subject_alt_names",), SUBJECT_ALT_NAME, lambda node: (alt_names(node),)),
    (("key_usage",), KEY_USAGE, lambda node: (named_bits(node, _KEY_USAGES),)),
    (("extended_key_usage",), EXTENDED_KEY_USAGE, lambda node: (tuple(map(oid, elements(node))),)),
    (("basic_constraints",), BASIC_CONSTRAINTS, _basic_constraints),
    (("subject_key_identifier",), SUBJECT_KEY_IDENTIFIER, lambda node: (content(node, der.OCTET_STRING),)),
    (
        ("authority_key_identifier", "authority_issuer", "authority_serial_number"),
        AUTHORITY_KEY_IDENTIFIER,
        _authority_key_identifier,
    ),
    (("netscape_type",), NETSCAPE_TYPE, lambda node: (named_bits(node, _NETSCAPE_TYPES),)),
    (("ocsp_urls", "ca_issuers_urls"), AUTHORITY_INFORMATION, _authority_information),
    (("name_constraints",), NAME_CONSTRAINTS, lambda node: (name_constraints(node),)),
    (("policies",), POLICIES, _policies),
    (("policy_mappings",), POLICY_MAPPINGS, _policy_mappings),
    (("policy_constraints",), POLICY_CONSTRAINTS, _policy_constraints),
    (("inhibit_any_policy",), INHIBIT_ANY_POLICY, lambda node: (count(node),)),
    (("scts",), TIMESTAMPS, _timestamps),
)

# What nothing is asked of but that it can be read: whoever reads it refuses the certificate where it cannot.
_SHAPES: dict[str, tuple[str, Callable[[der.Node], object]]] = {
    DISTRIBUTION_POINTS: ("crl_distribution_points", _distribution_points),
    FRESHEST_CRL: ("freshest_crl", _distribution_points),
    ISSUER_ALT_NAME: ("issuer_alt_name", alt_names),
    ADDRESS_BLOCKS: ("ip_address_blocks", _families),
    AUTONOMOUS_SYSTEMS: ("autonomous_systems", _systems),
}

_KNOWN: dict[Callable[[der.Node], Any], Callable[[bytes], tuple[int, str, Any]]] = {
    get: once_each(partial(_priced, get))
    for get in (
        *(get for _, dotted, get in _READERS if dotted not in (SUBJECT_ALT_NAME, SUBJECT_KEY_IDENTIFIER, TIMESTAMPS)),
        _distribution_points,
    )
}
"""The decoders of what many certificates share, each with its memory."""
