"""
Blocks to facts; the only package that knows asn1crypto.

asn1crypto parses lazily: ``load()`` accepts almost anything, and the error comes later, from an
innocent-looking attribute, as any exception there is.  So every block passes the strict DER walk first, is
split into its fields here, and each field is decoded on its own; nothing lazy leaves this package.
"""

from __future__ import annotations

from typing import Any, Union

from asn1crypto import keys
from asn1crypto.version import __version__ as VERSION  # noqa: N812

from .. import der, sniff
from ..budget import ELEMENTS, Budget, Exhausted
from ..facts import Certificate, Other, PrivateKey
from ..pem import Block
from ..reading import Fields
from ..source import Location, Problem
from . import remembered
from .algorithms import spki
from .certificate import certificate
from .other import kind_of, other
from .private import OPENSSH_MAGIC, encrypted_key, is_key_label, opened_key, private_key, unreadable_key

__all__ = [
    "CONTAINERS",
    "VERSION",
    "Fact",
    "is_key_label",
    "kind_of",
    "opened_key",
    "private_key_info",
    "public_key_info",
    "read",
    "spki",
    "store",
]

Fact = Union[Certificate, PrivateKey, Other]

CONTAINERS = ("pkcs7", "pkcs12")
KEY_BODIES = frozenset(("pkcs1", "pkcs8", "sec1", "dsa", "encrypted-pkcs8"))
_WORDS = {
    "certificate_request": "a certificate request",
    "crl": "a certificate revocation list",
    "public_key": "a public key",
    "pkcs7": "PKCS#7",
    "pkcs12": "PKCS#12",
    "parameters": "parameters",
    "unknown": "something unknown",
}


def read(block: Block, budget: Budget | None = None) -> tuple[Fact, list[Problem]]:
    """
    Return what *block* is, by its content first and its label second, and what could not be read of it.

    It is paid from *budget*, which may be one of its own.
    """
    fields = Fields(block.at, budget)
    known = remembered.authority(block, fields.budget)
    if known is not None:
        return known, []
    before = fields.budget.left(ELEMENTS)
    secret = is_key_label(block.label)
    try:
        fact = _read(fields, block)
        if not fields.problems:
            remembered.keep_authority(block, before - fields.budget.left(ELEMENTS), fact)
    except Exhausted as error:
        fields.stop("secret" if secret else "certificate", "", error)
        fact = _unreadable(block.at, block.label, secret)
    except Exception as error:  # a shape nobody thought of; what is known is that it cannot be read
        fact = _broken(fields, block, f"this cannot be read ({type(error).__name__})")
    return fact, fields.problems


def _read(fields: Fields, block: Block) -> Fact:
    data, at, label = block.der, block.at, block.label
    secret = is_key_label(label)
    if block.encrypted and secret:
        from .schemes import legacy_name  # which most inputs do not need

        return encrypted_key(at, label, "legacy", legacy_name(block.headers))
    if not data:  # the base64 was bad, and that has been said
        return _unreadable(at, label, secret)
    if data.startswith(OPENSSH_MAGIC):
        return private_key(fields, at, label, "openssh", data)
    try:
        walked = der.walk(data, fields.budget)
    except der.NotDER as error:
        return _broken(fields, block, str(error))
    kind = kind_of(data, label)
    if walked.fault and kind not in CONTAINERS:  # which are BER by their own standards
        fields.note("", walked.fault)
    if kind in KEY_BODIES or (secret and kind == "unknown"):
        if walked.end < len(data):
            behind = f"{len(data) - walked.end:,} bytes behind the private key"
            fields.note("", behind)
        return private_key(fields, at, label, kind if kind in KEY_BODIES else "", data[: walked.end])
    if kind == "certificate":
        found = certificate(fields, at, data)
        if found is not None:
            return found.replace(trailing=0) if label == "TRUSTED CERTIFICATE" else found
    elif label in ("CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"):
        fields.fail("certificate", "", f"the block is labelled {label} and holds {_WORDS[kind]}")
    elif secret:
        fields.fail("public", "", f"the block is labelled {label} and holds {_WORDS[kind]}", "key-unreadable")
        return _unreadable(at, label, True)
    return other(fields, at, label, kind if kind != "certificate" else "unknown", data)


def _broken(fields: Fields, block: Block, reason: str) -> Fact:
    secret = is_key_label(block.label)
    rule, sort = ("key-unreadable", "") if secret else ("der-malformed", "unreadable")
    fields.problems.append(Problem(rule, block.at, reason, sort))
    return _unreadable(block.at, block.label, secret)


def _unreadable(at: Location, label: str, secret: bool) -> Fact:
    if secret:
        return unreadable_key(at, label)
    return Other(at, "unknown", label, unread=frozenset(("certificate",)))


def store(at: Location, data: bytes) -> Other:
    """Return the facts of a Java key store, which is neither PEM nor DER."""
    return Other(at, "jks", details=(("format", sniff.is_store(data)),))


def private_key_info(data: bytes) -> Any:
    """Return an asn1crypto PrivateKeyInfo, for oscrypto."""
    return keys.PrivateKeyInfo.load(data, strict=True)


def public_key_info(data: bytes) -> Any:
    """Return an asn1crypto PublicKeyInfo, for oscrypto."""
    return keys.PublicKeyInfo.load(data, strict=True)
