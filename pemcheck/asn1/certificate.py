"""A certificate's DER to facts (RFC 5280 section 4.1)."""

from __future__ import annotations

import re
from datetime import datetime, timezone

from asn1crypto import core

from .. import der
from ..facts import NO_KEY, NO_NAME, NO_TIME, Certificate, Extension
from ..reading import Fields
from ..source import Location
from . import extensions
from .algorithms import bits, integer, public_key, signature_algorithm
from .names import name

_UTC_TIME = re.compile(rb"\d{12}Z\Z")
_GENERALIZED_TIME = re.compile(rb"\d{14}Z\Z")
_REQUIRED = ("serialNumber", "signature", "issuer", "validity", "subject", "subjectPublicKeyInfo")


def certificate(fields: Fields, at: Location, data: bytes) -> Certificate | None:
    """Return the facts of the certificate at the start of *data*, which ``der.walk`` has passed; None if it is none."""
    node = der.parse(data)
    parts = node.children()
    tbs = parts[0].children()
    version = tbs.pop(0) if tbs and tbs[0].tag == 0xA0 else None
    required, optional = tbs[:6], tbs[6:]
    expected = [der.INTEGER] + [der.SEQUENCE] * 5
    if [each.tag for each in required] != expected or len(parts) < 3 or parts[2].tag != der.BIT_STRING:
        missing = next((name for name, each, tag in zip(_REQUIRED, required, expected) if each.tag != tag), "")
        reason = f"{missing} is missing or of another type" if missing else "fields are missing"
        fields.fail("certificate", "tbsCertificate", f"this is no complete certificate: {reason}")
        return None
    serial, signature, issuer, validity, subject, key = required
    listed = next((each for each in optional if each.tag == 0xA3), None)
    extra = [f"{len(parts) - 3} behind signatureValue"] * (len(parts) > 3)
    extra += [f"tag {each.tag:02x} in tbsCertificate" for each in optional if each.tag not in (0x81, 0x82, 0xA1, 0xA2, 0xA3)]
    read = fields.read
    found: tuple[Extension, ...] = ()
    nothing: list[der.Node] = []
    if listed is not None:
        found = read("extensions", extensions.PATH, lambda: extensions.read(fields, listed.children()[0]), found)
    facts = extensions.facts(fields, found)
    times = read("not_before", "tbsCertificate.validity", validity.children, nothing)
    if len(times) != 2:
        fields.unread.update(("not_before", "not_after"))
    return Certificate(
        at,
        node.der,
        parts[0].der,
        read("version", "tbsCertificate.version", lambda: _version(version), 0),
        read("serial_number", "tbsCertificate.serialNumber", lambda: integer(serial), 0),
        read("signature_algorithm", "signatureAlgorithm", lambda: signature_algorithm(parts[1]), NO_ALGORITHM),
        read("tbs_signature_algorithm", "tbsCertificate.signature", lambda: signature_algorithm(signature), NO_ALGORITHM),
        read("signature", "signatureValue", lambda: bits(parts[2]), b""),
        read("issuer", "tbsCertificate.issuer", lambda: name(issuer.der), NO_NAME),
        read("subject", "tbsCertificate.subject", lambda: name(subject.der), NO_NAME),
        read("not_before", "tbsCertificate.validity.notBefore", lambda: time(times[0]), NO_TIME),
        read("not_after", "tbsCertificate.validity.notAfter", lambda: time(times[1]), NO_TIME),
        read("key", "tbsCertificate.subjectPublicKeyInfo", lambda: public_key(key.der), NO_KEY),
        found,
        trailing=len(data) - node.end,
        extra=tuple(extra),
        **facts,
        unread=frozenset(fields.unread),
    )


NO_ALGORITHM = Certificate._defaults["signature_algorithm"]


def _version(node: der.Node | None) -> int:
    return 1 if node is None else integer(node.children()[0]) + 1


def time(node: der.Node) -> datetime:
    """Return a Time as an aware datetime, UTC (RFC 5280 section 4.1.2.5); raise ValueError if it is none."""
    content = node.content
    if node.tag == der.UTC_TIME and _UTC_TIME.match(content):
        year = int(content[:2])
        content = (b"19" if year >= 50 else b"20") + content
    elif not (node.tag == der.GENERALIZED_TIME and _GENERALIZED_TIME.match(content)):
        return _lenient_time(node)
    digits = content.decode("ascii")
    month, day, hour, minute, second = (int(digits[i : i + 2]) for i in range(4, 14, 2))
    return datetime(int(digits[:4]), month, day, hour, minute, second, tzinfo=timezone.utc)


def _lenient_time(node: der.Node) -> datetime:
    """Read BER's other forms of a time, where they are unambiguous: without seconds, with an offset or a fraction."""
    kind = {der.UTC_TIME: core.UTCTime, der.GENERALIZED_TIME: core.GeneralizedTime}.get(node.tag)
    if kind is None:
        raise ValueError("neither UTCTime nor GeneralizedTime")
    moment = kind.load(node.der).native
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise ValueError("a time without time zone")
    return moment.astimezone(timezone.utc)
