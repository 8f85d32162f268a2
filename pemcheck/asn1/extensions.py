"""X.509 extensions, one by one: one that is malformed costs only itself."""

from __future__ import annotations

from typing import Any, Callable, TypeVar

from asn1crypto import core, x509

from .. import der
from ..facts import BasicConstraints, Extension
from ..reading import Fields
from .names import alt_names, ia5, name_constraints, oid

T = TypeVar("T")

PATH = "tbsCertificate.extensions"
POISON = "1.3.6.1.4.1.11129.2.4.3"
SUBJECT_ALT_NAME, KEY_USAGE, EXTENDED_KEY_USAGE = "2.5.29.17", "2.5.29.15", "2.5.29.37"
BASIC_CONSTRAINTS, NAME_CONSTRAINTS, AUTHORITY_INFORMATION = "2.5.29.19", "2.5.29.30", "1.3.6.1.5.5.7.1.1"
SUBJECT_KEY_IDENTIFIER, AUTHORITY_KEY_IDENTIFIER = "2.5.29.14", "2.5.29.35"

# RFC 5280 section 4.2, RFC 6962 (poison, which has its own rule), RFC 7633, RFC 9509 …
_UNDERSTOOD = frozenset(
    f"2.5.29.{arc}" for arc in (9, 14, 15, 16, 17, 18, 30, 19, 32, 33, 35, 36, 37, 31, 46, 54)
) | {AUTHORITY_INFORMATION, "1.3.6.1.5.5.7.1.11", "1.3.6.1.5.5.7.1.24", POISON}

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
    """Return the extensions of a DER Extensions, in encoded order (RFC 5280 section 4.2)."""
    found = []
    for number, each in enumerate(node.children()):
        extension = fields.read("extensions", f"{PATH}[{number}]", lambda each=each: _extension(each), None)  # type: ignore[misc]
        if extension is not None:
            found.append(extension)
    return tuple(found)


def _extension(node: der.Node) -> Extension:
    first, *rest = node.children()
    dotted = oid(first)
    critical = bool(rest) and rest[0].tag == der.BOOLEAN and rest[0].content != b"\0"
    if not rest or rest[-1].tag != der.OCTET_STRING:
        raise ValueError(f"extension {dotted} has no value")
    name: str = x509.ExtensionId._map.get(dotted, dotted)
    return Extension(dotted, name, critical, rest[-1].content, dotted in _UNDERSTOOD)


def facts(fields: Fields, extensions: tuple[Extension, ...]) -> dict[str, Any]:
    """Return what the extensions say, by the names of ``Certificate``'s fields; absent ones are left out."""
    result: dict[str, Any] = {}
    for names, dotted, get in _READERS:
        extension = next((each for each in extensions if each.oid == dotted), None)
        for name in names:
            if "extensions" in fields.unread and extension is None:
                fields.unread.add(name)  # it may have been in the one that could not be read
        if extension is not None:
            values = fields.read(names[0], f"{PATH}.{extension.name}", lambda: _decode(extension, get), None)
            if values is None:
                fields.unread.update(names)
            else:
                result.update(zip(names, values))
    return result


def _decode(extension: Extension, get: Callable[[bytes], tuple[Any, ...]]) -> tuple[Any, ...]:
    walked = der.walk(extension.value)
    if walked.end != len(extension.value):
        raise ValueError(f"{len(extension.value) - walked.end} bytes follow the value")
    return get(extension.value)


def _key_usage(data: bytes) -> tuple[tuple[str, ...]]:
    usages = x509.KeyUsage.load(data, strict=True).native
    return (tuple(usage for usage in _KEY_USAGES if usage in usages),)


def _basic_constraints(data: bytes) -> tuple[BasicConstraints]:
    constraints = x509.BasicConstraints.load(data, strict=True)
    length = constraints["path_len_constraint"].native
    return (BasicConstraints(bool(constraints["ca"].native), None if length is None else int(length)),)


def _authority_key_identifier(data: bytes) -> tuple[bytes | None]:
    return (next((part.content for part in der.parse(data).children() if part.tag == 0x80), None),)


def _authority_information(data: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    urls: dict[str, list[str]] = {"1.3.6.1.5.5.7.48.1": [], "1.3.6.1.5.5.7.48.2": []}
    for description in der.parse(data).children():
        method, location = description.children()
        if location.tag == 0x86:
            urls.get(oid(method), []).append(ia5(location.content))
    ocsp, issuers = urls.values()
    return tuple(ocsp), tuple(issuers)


def _extended_key_usage(data: bytes) -> tuple[tuple[str, ...]]:
    return (tuple(oid(purpose) for purpose in der.parse(data).children()),)


_READERS: tuple[tuple[tuple[str, ...], str, Callable[[bytes], tuple[Any, ...]]], ...] = (
    (("subject_alt_names",), SUBJECT_ALT_NAME, lambda data: (alt_names(data),)),
    (("key_usage",), KEY_USAGE, _key_usage),
    (("extended_key_usage",), EXTENDED_KEY_USAGE, _extended_key_usage),
    (("basic_constraints",), BASIC_CONSTRAINTS, _basic_constraints),
    (
        ("subject_key_identifier",),
        SUBJECT_KEY_IDENTIFIER,
        lambda data: (core.OctetString.load(data, strict=True).native,),
    ),
    (("authority_key_identifier",), AUTHORITY_KEY_IDENTIFIER, _authority_key_identifier),
    (("ocsp_urls", "ca_issuers_urls"), AUTHORITY_INFORMATION, _authority_information),
    (("name_constraints",), NAME_CONSTRAINTS, lambda data: (name_constraints(data),)),
)
