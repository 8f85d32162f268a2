"""X.509 extensions, one by one: one that is malformed costs only itself."""

from __future__ import annotations

from functools import partial
from typing import Any, Callable

from asn1crypto import x509

from .. import der
from ..facts import BasicConstraints, Extension, PolicyConstraints
from ..reading import Fields
from .basic import boolean, content, count, elements, named_bits, oid, only, whole
from .names import alt_names, ia5, name_constraints

PATH = "tbsCertificate.extensions"
POISON = "1.3.6.1.4.1.11129.2.4.3"
SUBJECT_ALT_NAME, KEY_USAGE, EXTENDED_KEY_USAGE = "2.5.29.17", "2.5.29.15", "2.5.29.37"
BASIC_CONSTRAINTS, NAME_CONSTRAINTS, AUTHORITY_INFORMATION = "2.5.29.19", "2.5.29.30", "1.3.6.1.5.5.7.1.1"
POLICIES, POLICY_MAPPINGS = "2.5.29.32", "2.5.29.33"
POLICY_CONSTRAINTS, INHIBIT_ANY_POLICY = "2.5.29.36", "2.5.29.54"
TIMESTAMPS = "1.3.6.1.4.1.11129.2.4.2"
SUBJECT_KEY_IDENTIFIER, AUTHORITY_KEY_IDENTIFIER = "2.5.29.14", "2.5.29.35"

# RFC 5280 section 4.2, RFC 6962 (poison, which has its own rule), RFC 7633, RFC 9509 …
_UNDERSTOOD = frozenset(f"2.5.29.{arc}" for arc in (9, 14, 15, 16, 17, 18, 30, 19, 32, 33, 35, 36, 37, 31, 46, 54)) | {
    AUTHORITY_INFORMATION,
    "1.3.6.1.5.5.7.1.11",
    "1.3.6.1.5.5.7.1.24",
    POISON,
}

_PRICE = 4
"""Each value in an extension is decoded, which takes longer than to walk over it."""

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


def read(fields: Fields, node: der.Node) -> tuple[Extension, ...]:
    """Return the extensions in the explicit tag [3], in encoded order (RFC 5280 section 4.2)."""
    nodes = fields.read("extensions", PATH, lambda: elements(only(node, 0xA3)), None)
    found = []
    lost = {""} if nodes is None else set()
    for number, each in enumerate(nodes or ()):
        extension = fields.read("extensions", f"{PATH}[{number}]", partial(_extension, each), None)
        if extension is not None:
            found.append(extension)
        else:
            lost.add(_oid_of(each))
    known = {extension.oid for extension in found}
    for names, dotted, _ in _READERS:
        if dotted not in known and {"", dotted} & lost:  # one whose OID cannot be read may have been any
            fields.unread.update(names)
    return tuple(found)


def _extension(node: der.Node) -> Extension:
    first, *flag, value = elements(node)
    dotted = oid(first)
    if len(flag) > 1:
        raise ValueError(f"extension {dotted} has {len(flag) + 2} fields")
    critical = bool(flag) and boolean(flag[0])
    name: str = x509.ExtensionId._map.get(dotted, dotted)
    return Extension(dotted, name, critical, content(value, der.OCTET_STRING), dotted in _UNDERSTOOD)


def _oid_of(node: der.Node) -> str:
    """Return the OID of an extension that cannot be read, empty if not even that can be."""
    try:
        return oid(node.children()[0])
    except (ValueError, IndexError):
        return ""


def facts(fields: Fields, extensions: tuple[Extension, ...]) -> dict[str, Any]:
    """Return what the extensions say, by the names of ``Certificate``'s fields; absent ones are left out."""
    result: dict[str, Any] = {}
    for names, dotted, get in _READERS:
        extension = next((each for each in extensions if each.oid == dotted), None)
        if extension is not None:
            decode = partial(_decode, fields, extension.value, get)
            values = fields.read(names[0], f"{PATH}.{extension.name}", decode, None)
            if values is None:
                fields.unread.update(names)
            else:
                result.update(zip(names, values))
    return result


def _decode(fields: Fields, value: bytes, get: Callable[[der.Node], tuple[Any, ...]]) -> tuple[Any, ...]:
    der.walk(value, fields.budget, _PRICE)
    return get(whole(value))


def _basic_constraints(node: der.Node) -> tuple[BasicConstraints]:
    parts = elements(node)
    ca = boolean(parts.pop(0)) if parts and parts[0].tag == der.BOOLEAN else False
    length = count(parts.pop(0)) if parts else None
    if parts:
        raise ValueError("unknown fields in basic constraints")
    return (BasicConstraints(ca, length),)


def _authority_key_identifier(node: der.Node) -> tuple[bytes | None]:
    return (next((part.content for part in elements(node) if part.tag == 0x80), None),)


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
    (("authority_key_identifier",), AUTHORITY_KEY_IDENTIFIER, _authority_key_identifier),
    (("ocsp_urls", "ca_issuers_urls"), AUTHORITY_INFORMATION, _authority_information),
    (("name_constraints",), NAME_CONSTRAINTS, lambda node: (name_constraints(node),)),
    (("policies",), POLICIES, _policies),
    (("policy_mappings",), POLICY_MAPPINGS, _policy_mappings),
    (("policy_constraints",), POLICY_CONSTRAINTS, _policy_constraints),
    (("inhibit_any_policy",), INHIBIT_ANY_POLICY, lambda node: (count(node),)),
    (("scts",), TIMESTAMPS, _timestamps),
)
